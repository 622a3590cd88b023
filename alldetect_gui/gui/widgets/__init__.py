"""Single widgets and painters, without a will of their own: panels put them together."""
