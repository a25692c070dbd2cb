"""Line by line: free-text logs and JSON lines."""
