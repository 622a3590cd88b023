"""The honest protocol: models judged on subjects that they did not see, a ladder of what was tried, the default."""
