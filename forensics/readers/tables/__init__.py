"""Tables of metrics: CSV and TSV files of every logger, monitor files, evaluations in npz."""
