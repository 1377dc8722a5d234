"""Networks in PyTorch, and Saigen's trainers of them, that several workloads share."""
