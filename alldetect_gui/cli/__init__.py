"""Headless commands over the workflows: arguments in, text or JSON out, an exit code at the end."""
