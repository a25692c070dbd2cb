"""Train a small convolutional classifier on synthetic images; log to TensorBoard and to metrics.csv."""

# mypy: ignore-errors

import argparse
import csv
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812
import yaml
from torch import nn
from torch.utils.tensorboard import SummaryWriter


class Classifier(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU()
        )
        self.context = nn.Sequential(nn.Linear(144, 32), nn.ReLU())
        self.hidden = nn.Sequential(nn.Linear(32 * 36, 64), nn.ReLU())
        self.head = nn.Linear(96, classes)

    def forward(self, images):
        detail = self.hidden(self.features(images).flatten(1))
        context = self.context(images.flatten(1))
        return self.head(torch.cat([detail, context], dim=1))


def make_data(count, classes, noise, seed):
    """Noisy copies of one pattern per class, shifted by up to two pixels."""
    patterns = torch.randn(classes, 12, 12, generator=torch.Generator().manual_seed(0))
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(classes, (count,), generator=generator)
    shifts = torch.randint(-2, 3, (count, 2), generator=generator).tolist()
    images = torch.stack(
        [patterns[label].roll(tuple(shift), (0, 1)) for label, shift in zip(labels.tolist(), shifts, strict=True)]
    )
    images = images + noise * torch.randn(images.shape, generator=generator)
    return images.unsqueeze(1), labels


def norm_of(tensors):
    return (
        float(torch.linalg.vector_norm(torch.stack([t.detach().float().norm() for t in tensors]))) if tensors else 0.0
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--train-steps", type=int, default=2000)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--noise", type=float, default=1.0)
    parser.add_argument("--optimizer", choices=("sgd", "adam"), default="sgd")
    parser.add_argument("--lr", type=float, default=0.02)
    parser.add_argument("--max-grad-norm", type=float, default=5.0)
    parser.add_argument("--amp", action="store_true")
    parser.add_argument("--log-every", type=int, default=10)
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    settings = {key: value for key, value in vars(args).items() if key != "out"}
    (args.out / "config.yaml").write_text(yaml.safe_dump(settings, sort_keys=False))
    writer = SummaryWriter(str(args.out))
    table = csv.writer((args.out / "metrics.csv").open("w", newline="", buffering=1))
    table.writerow(["step", "val_loss", "val_accuracy"])

    train_x, train_y = make_data(8000, args.classes, args.noise, seed=1 + args.seed)
    val_x, val_y = make_data(1000, args.classes, args.noise, seed=1001 + args.seed)

    model = Classifier(args.classes)
    parts = {"features": model.features, "context": model.context, "hidden": model.hidden, "head": model.head}
    if args.optimizer == "sgd":
        optimizer = torch.optim.SGD(model.parameters(), lr=args.lr, momentum=0.9)
    else:
        optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
    scaler = torch.amp.GradScaler("cpu", enabled=args.amp)

    for step in range(1, args.train_steps + 1):
        rows = torch.randint(len(train_x), (args.batch_size,))
        images, labels = train_x[rows], train_y[rows]
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.float16, enabled=args.amp):
            logits = model(images)
            loss = F.cross_entropy(logits.float(), labels)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        grad_norm = nn.utils.clip_grad_norm_(model.parameters(), args.max_grad_norm)
        log = step % args.log_every == 0
        before = {name: [p.detach().clone() for p in part.parameters()] for name, part in parts.items()} if log else {}
        scaler.step(optimizer)
        scaler.update()

        if log:
            writer.add_scalar("train/loss", loss.item(), step)
            writer.add_scalar("train/accuracy", (logits.argmax(1) == labels).float().mean().item(), step)
            writer.add_scalar("train/grad_norm", float(grad_norm), step)
            writer.add_scalar("train/lr", optimizer.param_groups[0]["lr"], step)
            if args.amp:
                writer.add_scalar("train/amp_scale", scaler.get_scale(), step)
            for name, part in parts.items():
                held = list(part.parameters())
                writer.add_scalar(f"grad_norm/{name}", norm_of([p.grad for p in held if p.grad is not None]), step)
                writer.add_scalar(f"param_norm/{name}", norm_of(held), step)
                moved = norm_of([new - old for new, old in zip(held, before[name], strict=True)])
                writer.add_scalar(f"update_ratio/{name}", moved / max(norm_of(held), 1e-12), step)
        if step % 100 == 0:
            model.eval()
            with torch.no_grad():
                hidden = model.hidden(model.features(val_x).flatten(1))
                logits = model(val_x)
                val_loss = F.cross_entropy(logits, val_y).item()
                accuracy = (logits.argmax(1) == val_y).float().mean().item()
            model.train()
            writer.add_scalar("val/loss", val_loss, step)
            writer.add_scalar("val/accuracy", accuracy, step)
            writer.add_scalar("activations/hidden_dead_fraction", (hidden <= 0).all(0).float().mean().item(), step)
            table.writerow([step, val_loss, accuracy])
            print(f"step {step} val_loss {val_loss:.4f} val_accuracy {accuracy:.3f}", flush=True)
    writer.close()


if __name__ == "__main__":
    main()
