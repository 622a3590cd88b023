"""Qt item models over the records and results of the opened folder."""
