"""Makes stacked.json and bidirectional.json: results, losses and gradients of two layers, of both directions, and of two
layers of both directions, as PyTorch computes them.

Run: /usr/bin/python3 make-recurrent.py stacked > stacked.json; the same with bidirectional
(Debian's python3-torch 1.13; float64, rounded to nine digits; biome lays it out)

Parameters and gradients are named PART.NAME. A part is a cell by layer and direction, "0 forward", "0 backward", "1 forward",
"1 backward" (a layer takes its two predecessors' results forward first), then "dense" over the last layer. NAMEs are our cells'.
Results and x are [batch][steps][...]. The backward cell reads its input from the last step to the first, and its result for a
step stands at that step.
"""
import json
import sys
import torch

torch.set_default_dtype(torch.float64)
BATCH, STEPS, INPUTS, UNITS, LABELS = 3, 5, 3, 4, 3
GATES = {"elman": [""], "lstm": list("ifgo"), "gru": list("rzn")}
MODULES = {"elman": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}


def numbers(tensor):
    return [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]


def of_cell(cell, tensors):
    """PyTorch's stacked gates as our cells' parameters. Where a cell has one bias, PyTorch's second one is zero and stays it."""
    named = {}
    for part, tensor in zip(["W", "U", "b", "c"], tensors):
        for gate, piece in zip(GATES[cell], tensor.split(UNITS)):
            if part != "c" or (cell, gate) == ("gru", "n"):
                named[part + gate] = piece
    return named


def all_of(cell, layer, dense, layers, directions, value):
    named = {}
    for i in range(layers):
        for direction, suffix in list(zip(["forward", "backward"], ["", "_reverse"]))[:directions]:
            tensors = [value(getattr(layer, f"{name}_l{i}{suffix}")) for name in ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]]
            named.update({f"{i} {direction}.{name}": numbers(piece) for name, piece in of_cell(cell, tensors).items()})
    named.update({"dense.W": numbers(value(dense.weight)), "dense.b": numbers(value(dense.bias))})
    return named


def case(cell, layers, directions):
    torch.manual_seed(2)
    layer = MODULES[cell](INPUTS, UNITS, layers, batch_first=True, bidirectional=directions == 2)
    dense = torch.nn.Linear(UNITS * directions, LABELS)
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            if name.startswith("bias_hh"):
                parameter[: UNITS * (2 if cell == "gru" else 4)] = 0
    x = torch.randn(BATCH, STEPS, INPUTS)
    classes = torch.randint(LABELS, (BATCH, STEPS))
    results = layer(x)[0]
    logits = dense(results)
    # Every step counts, so that gradients come in everywhere: the sum over sequences and steps.
    loss = torch.nn.functional.cross_entropy(logits.reshape(-1, LABELS), classes.flatten(), reduction="sum")
    loss.backward()
    of = lambda value: all_of(cell, layer, dense, layers, directions, value)
    return {
        "cell": cell, "layers": layers, "directions": directions, "x": numbers(x), "classes": classes.flatten().tolist(),
        "parameters": of(lambda p: p), "results": numbers(results), "logits": numbers(logits),
        "loss": float(f"{loss.item():.9g}"), "gradients": of(lambda p: p.grad),
    }


what = sys.argv[1]
shapes = {"stacked": [(2, 1)], "bidirectional": [(1, 2), (2, 2)]}[what]
cases = [case(cell, *shape) for shape in shapes for cell in MODULES]
sizes = {"batch": BATCH, "steps": STEPS, "inputs": INPUTS, "units": UNITS, "labels": LABELS}
origin = {"program": f"PyTorch {torch.__version__}", "command": f"/usr/bin/python3 make-recurrent.py {what} > {what}.json"}
print(json.dumps({"origin": origin, "sizes": sizes, "cases": cases}, separators=(",", ":")))
