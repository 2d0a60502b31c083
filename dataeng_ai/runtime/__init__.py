"""The runtime: what moves the data. It reads what was compiled, and knows neither the language nor a model."""
