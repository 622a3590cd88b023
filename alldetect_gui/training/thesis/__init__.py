"""The thesis' study (Waghela 2021), whole: its pipeline under its own protocol, beside the same models by subject."""
