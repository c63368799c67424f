"""Makes ctc.json: losses of connectionist temporal classification, and their gradients to the logits, as PyTorch computes them.

Run: /usr/bin/python3 make-ctc.py > ctc.json   (Debian's python3-torch 1.13; float64, rounded to nine digits; biome lays it out)
"""
import json
import torch

torch.set_default_dtype(torch.float64)


def numbers(tensor):
    return [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]


def case(seed, what, labels, blank, lengths, targets, scale=1.0):
    """Logits are [frames][batch][labels], float32 values; the gradient is that of the sum of the losses."""
    torch.manual_seed(seed)
    logits = (torch.randn(max(lengths), len(targets), labels) * scale).float().double().requires_grad_()
    loss = torch.nn.functional.ctc_loss(
        torch.log_softmax(logits, 2),
        torch.tensor([label for target in targets for label in target], dtype=torch.long),
        torch.tensor(lengths),
        torch.tensor([len(target) for target in targets]),
        blank=blank,
        reduction="none",
    )
    loss.sum().backward()
    return {
        "what": what, "labels": labels, "blank": blank, "lengths": lengths, "targets": targets,
        "logits": numbers(logits), "losses": numbers(loss), "gradients": numbers(logits.grad),
    }


cases = [
    case(1, "equal lengths, the blank first", 5, 0, [8, 8, 8], [[1, 2, 3], [4, 1], [2, 3, 4, 1]]),
    case(2, "lengths of their own, the blank last", 6, 5, [12, 7, 9, 4], [[0, 1, 2, 3], [4, 0, 4], [3, 2], [1]]),
    case(3, "repeated labels", 4, 3, [10, 9, 8], [[1, 1, 2, 2], [0, 0, 0], [2, 1, 1, 2]]),
    case(4, "as many frames as labels and repeats", 4, 0, [6, 3, 5, 1], [[1, 1, 2, 2], [3, 2, 1], [1, 1, 1], [2]]),
    case(5, "empty targets", 3, 1, [5, 3, 1], [[], [0, 2], []]),
    case(6, "digits, the blank in the middle, large logits", 11, 4, [30, 22], [[1, 2, 3, 3, 9], [0, 10, 0, 5]], 6.0),
]
origin = {"program": f"PyTorch {torch.__version__}", "command": "/usr/bin/python3 make-ctc.py > ctc.json"}
print(json.dumps({"origin": origin, "cases": cases}, separators=(",", ":")))
