"""Makes torch.json: losses, gradients and optimizer steps of small networks as PyTorch computes them.

Run: python3 make.py > torch.json   (Debian's python3-torch 1.13; float64, then rounded to nine digits)
"""
import json
import torch

torch.set_default_dtype(torch.float64)
BATCH, STEPS, INPUTS, UNITS, LABELS, WINDOW = 3, 6, 3, 5, 4, 2


def split(weight, units):
    return list(weight.split(units))


def by_cell(cell, layer):
    """PyTorch's stacked gates as our cells' parameters, in their order of declaration."""
    w, u = split(layer.weight_ih_l0, UNITS), split(layer.weight_hh_l0, UNITS)
    b, c = split(layer.bias_ih_l0, UNITS), split(layer.bias_hh_l0, UNITS)
    if cell == "elman":
        return {"W": w[0], "U": u[0], "b": b[0]}
    if cell == "gru":  # PyTorch's order: r, z, n
        return {"Wz": w[1], "Uz": u[1], "bz": b[1], "Wr": w[0], "Ur": u[0], "br": b[0], "Wn": w[2], "bn": b[2], "Un": u[2], "cn": c[2]}
    return {f"{part}{gate}": source[i] for i, gate in enumerate("ifgo") for part, source in (("W", w), ("U", u), ("b", b))}


def numbers(tensor):
    return [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]


def case(cell, optimizer):
    torch.manual_seed(1)
    layer = {"elman": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[cell](INPUTS, UNITS, batch_first=True)
    dense = torch.nn.Linear(UNITS, LABELS)
    with torch.no_grad():  # the second biases are not in our cells, but for the candidate's of the GRU
        layer.bias_hh_l0[: UNITS * (2 if cell == "gru" else 4)] = 0
    layer.bias_hh_l0.register_hook(lambda g: torch.cat([g[: 2 * UNITS] * 0, g[2 * UNITS :]]) if cell == "gru" else g * 0)
    parameters = [*layer.parameters(), *dense.parameters()]
    made = {"adam": lambda: torch.optim.AdamW(parameters, 0.01, weight_decay=0.1), "sgd": lambda: torch.optim.SGD(parameters, 0.1, momentum=0.9)}[optimizer]()
    x = torch.randn(BATCH, STEPS, INPUTS)
    y = torch.tensor([0, 3, 1])
    named = lambda: [by_cell(cell, layer), {"W": dense.weight, "b": dense.bias}]
    out = {"cell": cell, "optimizer": optimizer, "x": numbers(x), "classes": y.tolist(), "losses": []}
    out["parameters"] = [{name: numbers(p) for name, p in layer.items()} for layer in named()]
    for step in range(3):
        made.zero_grad()
        logits = dense(layer(x)[0])[:, -WINDOW:].mean(1)
        loss = torch.nn.functional.cross_entropy(logits, y, label_smoothing=0.1)
        loss.backward()
        out["losses"].append(float(f"{loss.item():.9g}"))
        if step == 0:
            grads = torch.cat([p.grad.flatten() for p in parameters])
            out["norm"] = float(f"{grads.norm().item():.9g}")
            stored = {id(p): p.detach().clone() for p in parameters}
            with torch.no_grad():
                for p in parameters:
                    p.copy_(p.grad)
                out["gradients"] = [{name: numbers(p) for name, p in layer.items()} for layer in named()]
                for p in parameters:
                    p.copy_(stored[id(p)])
        torch.nn.utils.clip_grad_norm_(parameters, 0.5)
        made.step()
    out["after"] = [{name: numbers(p) for name, p in layer.items()} for layer in named()]
    return out


cases = [case("elman", "sgd"), case("gru", "adam"), case("lstm", "adam")]
sizes = {"batch": BATCH, "steps": STEPS, "inputs": INPUTS, "units": UNITS, "labels": LABELS, "window": WINDOW}
print(json.dumps({"sizes": sizes, "cases": cases}, separators=(",", ":")))
