"""What the rivals' own programs do on a noisy quadratic, for the test of studies/src/modern/rivals.

    pip install torch schedulefree prodigyopt dog-optimizer prodigy-plus-schedule-free
    python3 studies/twins/rivals.py > studies/tests/data/rivals.json

Recorded with torch 2.15.0, schedulefree 1.4.1, prodigyopt 1.1.2, dog-optimizer 1.0.3, prodigy-plus-schedule-free 2.0.1. All in f64, but for
the last, which computes in f32; it takes d from every eleventh coordinate of a tensor, in bfloat16: here from all, in f32.
"""
import json, math, sys
from contextlib import redirect_stdout
import torch
from dog import DoG, PolynomialDecayAverager
from prodigyopt import Prodigy
from prodigyplus import ProdigyPlusScheduleFree
from schedulefree import AdamWScheduleFree
from torch.optim.lr_scheduler import LambdaLR

UPDATES, KEPT = 200, (1, 2, 3, 10, 40, 100, 200)

class Full(ProdigyPlusScheduleFree):
    def get_sliced_tensor(self, tensor, slice_p=1):
        return tensor.ravel()

    def initialise_state_internal(self, p, group):
        state, is_new = super().initialise_state_internal(p, group)
        if is_new:
            state['p0'], state['s'] = p.detach().clone(), torch.zeros_like(p)
        return state, is_new

class Point(torch.nn.Module):
    def __init__(self, dtype):
        super().__init__()
        self.x = torch.nn.Parameter(torch.tensor([1.0, -0.5], dtype=dtype))

def record(rival, make, schedule=None, averaged=False, dtype=torch.float64):
    model = Point(dtype)
    optimizer = make([model.x])
    averager = PolynomialDecayAverager(model) if averaged else None
    decay = LambdaLR(optimizer, schedule) if schedule else None
    has_modes = hasattr(optimizer, 'train') and hasattr(optimizer, 'eval')
    if has_modes: optimizer.train()
    points = []
    for t in range(1, UPDATES + 1):
        x = model.x.detach()
        noise = torch.tensor([0.3 * math.sin(3.0 * t), 0.3 * math.cos(5.0 * t)], dtype=dtype)
        model.x.grad = torch.tensor([1.0, 10.0], dtype=dtype) * x + noise
        optimizer.step()
        if averager: averager.step()
        if decay: decay.step()
        if t in KEPT:
            here = model.x.detach().tolist()
            if has_modes: optimizer.eval()
            there = (averager.averaged_model.x if averager else model.x).detach().tolist()
            if has_modes:
                optimizer.train()
                with torch.no_grad(): model.x.copy_(torch.tensor(here, dtype=dtype))  # eval and train round
            points.append([t, here, there])
    return dict(rival=rival, updates=UPDATES, points=points)

linear = lambda done: 1 - done / UPDATES
cosine = lambda done: (1 + math.cos(math.pi * done / UPDATES)) / 2
adam = torch.optim
with redirect_stdout(sys.stderr):
    runs = [
        record('sgd:rate=0.03', lambda p: adam.SGD(p, lr=0.03)),
        record('momentum:rate=0.01', lambda p: adam.SGD(p, lr=0.01, momentum=0.9)),
        record('adam:rate=0.03', lambda p: adam.Adam(p, lr=0.03)),
        record('adam-linear:rate=0.03', lambda p: adam.Adam(p, lr=0.03), linear),
        record('adamw:decay=0.1,rate=0.03', lambda p: adam.AdamW(p, lr=0.03, weight_decay=0.1)),
        record('schedule-free:rate=0.03', lambda p: AdamWScheduleFree(p, lr=0.03)),
        record('schedule-free:rate=0.03,warmup=20', lambda p: AdamWScheduleFree(p, lr=0.03, warmup_steps=20)),
        record('prodigy', lambda p: Prodigy(p)),
        record('prodigy-linear', lambda p: Prodigy(p), linear),
        record('prodigy-cosine', lambda p: Prodigy(p), cosine),
        record('dog', lambda p: DoG(p), averaged=True),
        record('prodigy-schedule-free', lambda p: Full(p, split_groups=False, factored=False), dtype=torch.float32),
    ]
print('[\n' + ',\n'.join(json.dumps(run) for run in runs) + '\n]')
