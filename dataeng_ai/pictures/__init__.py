"""What results look like where HTML is shown: cards from templates that escape every value, and drawings as inline images."""

from dataeng_ai.pictures.cards import card
from dataeng_ai.pictures.drawings import balance, bar, histogram, meter, timeline
from dataeng_ai.pictures.flow import flow

__all__ = ["balance", "bar", "card", "flow", "histogram", "meter", "timeline"]
