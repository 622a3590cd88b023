"""AllDetect: compares preprocessing and suggests ALL or HEM for single blood cells. Research use only."""

__version__ = "0.1.0"
