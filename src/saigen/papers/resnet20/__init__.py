"""ResNet-20 on CIFAR-10 under nine optimisers."""
