"""The mirror: every public name of ``dlcore.reference`` once more in PyTorch.

Operations return the value alone and autograd gives the gradients, layers are
``nn.Module``, optimizers ``torch.optim.Optimizer``. Signatures are the reference's, plus
keyword-only `device` and `dtype`; one `rng` gives both the same initial weights.
"""

from dlcore.pytorch.activations import *
from dlcore.pytorch.adaptive import *
from dlcore.pytorch.base import *
from dlcore.pytorch.callbacks import *
from dlcore.pytorch.checkpoint import *
from dlcore.pytorch.convolution import *
from dlcore.pytorch.convolution_transposed import *
from dlcore.pytorch.dense import *
from dlcore.pytorch.devices import *
from dlcore.pytorch.distributed import *
from dlcore.pytorch.dropout import *
from dlcore.pytorch.gru import *
from dlcore.pytorch.losses import *
from dlcore.pytorch.lstm import *
from dlcore.pytorch.metrics import *
from dlcore.pytorch.minimal_gated import *
from dlcore.pytorch.normalization import *
from dlcore.pytorch.optimizers import *
from dlcore.pytorch.padding import *
from dlcore.pytorch.perceptron import *
from dlcore.pytorch.pooling import *
from dlcore.pytorch.pooling_adaptive import *
from dlcore.pytorch.recurrent import *
from dlcore.pytorch.recurrent_cells import *
from dlcore.pytorch.recurrent_layers import *
from dlcore.pytorch.regularization import *
from dlcore.pytorch.schedules import *
from dlcore.pytorch.shape import *
from dlcore.pytorch.summary import *
from dlcore.pytorch.training import *
from dlcore.pytorch.transfer import *
from dlcore.pytorch.truncation import *
