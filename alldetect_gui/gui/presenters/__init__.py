"""What the panels do, against Protocols: no widget is imported here."""
