"""Words of the domain: labels, records, events, errors and the intended-use statement. Plain Python only."""
