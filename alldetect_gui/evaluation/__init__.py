"""Confusion matrix, metrics and their intervals, from arrays alone. ALL is the positive class: True in y_true."""
