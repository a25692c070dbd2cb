"""What the command line is made of: batches, destinations, streams and the pages of the handbook."""
