"""Every equation of the books in NumPy, each with its backward pass derived by hand.

An operation returns its value and its pullback, ``y, back = dense(x, weight, bias)``;
``back(dy)`` gives the gradient for each array argument, in their order. Layers,
optimizers and `fit` are thin classes and functions over the operations.
``dlcore.pytorch`` holds the same names in PyTorch.
"""

from dlcore.reference.activations import *
from dlcore.reference.adaptive import *
from dlcore.reference.base import *
from dlcore.reference.callbacks import *
from dlcore.reference.checkpoint import *
from dlcore.reference.convolution import *
from dlcore.reference.convolution_transposed import *
from dlcore.reference.dense import *
from dlcore.reference.dropout import *
from dlcore.reference.gru import *
from dlcore.reference.losses import *
from dlcore.reference.lstm import *
from dlcore.reference.metrics import *
from dlcore.reference.minimal_gated import *
from dlcore.reference.normalization import *
from dlcore.reference.optimizers import *
from dlcore.reference.padding import *
from dlcore.reference.perceptron import *
from dlcore.reference.pooling import *
from dlcore.reference.pooling_adaptive import *
from dlcore.reference.recurrent import *
from dlcore.reference.recurrent_cells import *
from dlcore.reference.recurrent_layers import *
from dlcore.reference.regularization import *
from dlcore.reference.schedules import *
from dlcore.reference.shape import *
from dlcore.reference.summary import *
from dlcore.reference.training import *
from dlcore.reference.truncation import *
