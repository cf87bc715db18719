import torch

from tests.conformance.case import optimizer

DECAY = {"weight_decay": 0.1}
for name, settings in {
    "Adagrad": [{}, {"lr": 0.3, "eps": 0.1}, DECAY],
    "Adadelta": [{}, {"rho": 0.5, "eps": 0.01, "lr": 0.5}, DECAY],
    "Rprop": [{}, {"etas": (0.3, 1.5), "step_sizes": (0.005, 0.02)}],
    "RMSprop": [{}, {"alpha": 0.5, "eps": 0.1}, DECAY],
    "Adam": [{}, {"betas": (0.5, 0.6), "eps": 0.1, "lr": 0.1}, DECAY],
    "AdamW": [{}, {"betas": (0.5, 0.6), "eps": 0.1, "lr": 0.1}, DECAY],
}.items():
    optimizer(name, settings, torch=getattr(torch.optim, name))
