"""What results look like where HTML is shown: cards from templates that escape every value, and drawings as inline images."""

from dataeng_ai.pictures.cards import card

__all__ = ["card"]
