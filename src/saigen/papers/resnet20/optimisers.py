"""The optimisers: those of the page's figure, and how all are called in figures."""

#: The six optimisers of the page's figure.
PAGE = ("sgd", "momentum", "adagrad", "rmsprop", "adam", "amsgrad")
NAMES = {
    "sgd": "SGD",
    "momentum": "Momentum",
    "nesterov": "Nesterov",
    "adagrad": "AdaGrad",
    "rmsprop": "RMSProp",
    "adadelta": "AdaDelta",
    "adam": "Adam",
    "amsgrad": "AMSGrad",
    "adamw": "AdamW",
}
