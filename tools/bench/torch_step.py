"""Times training steps of one recurrent layer and a read-out in PyTorch, one thread. Run by tools/bench/peers.ts."""
import json
import sys
import time

import torch

torch.set_num_threads(1)
sizes = json.loads(sys.argv[1])
kind = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "elman": torch.nn.RNN}[sizes["cell"]]
layer = kind(sizes["inputs"], sizes["units"], batch_first=True)
dense = torch.nn.Linear(sizes["units"], sizes["labels"])
optimizer = torch.optim.Adam([*layer.parameters(), *dense.parameters()], 1e-3)
x = torch.randn(sizes["batch"], sizes["frames"], sizes["inputs"])
y = torch.arange(sizes["batch"]) % sizes["labels"]
times = []
for _ in range(24):
    started = time.perf_counter()
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(dense(layer(x)[0][:, -1]), y).backward()
    optimizer.step()
    times.append(1000 * (time.perf_counter() - started))
try:
    with open("/proc/self/maps", encoding="utf8") as maps:
        loaded = maps.read()
except OSError:
    loaded = ""
config = torch.__config__.show()
fast = "openblas" in loaded or "mkl_core" in loaded or "BLAS_INFO=mkl" in config or "BLAS_INFO=accelerate" in config
print(json.dumps({"times": times[4:], "fastBlas": fast}))
