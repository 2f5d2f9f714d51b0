#!/usr/bin/env python3
"""The same training steps by PEFT and by Incipit, in alternating rounds on this machine.

Needs a Python with torch, transformers and peft; Incipit's half is `incipit-cli bench`. Both read the same model folder and the same
pre-tokenised rows (JSON Lines with input_ids and labels) in the same order; PEFT pads each batch to its longest row, no dropout, AdamW, with
the attention that transformers takes by itself (sdpa where the model has it) or, for the plain formula, --attention eager. Decoders and
encoder-decoders alike; an encoder-decoder's labels are the target's tokens.

    build/release/bin/incipit-cli bench random:gpt2-small --write-model /tmp/gpt2-small
    tests/bench/bench_peft.py /tmp/gpt2-small rows.jsonl --precision bf16
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="model folder in the Hugging Face layout")
    parser.add_argument("data", help="JSON Lines with input_ids and labels")
    parser.add_argument("--num-virtual-tokens", type=int, default=20)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--steps", type=int, default=10, help="measured steps a round, after two to warm up")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0, help="0: all cores")
    parser.add_argument("--attention", help="PEFT's half: eager, sdpa ...; without it what transformers takes by itself")
    parser.add_argument("--device", default="cpu", help="cpu or cuda:N")
    parser.add_argument("--incipit-cli", default="build/release/bin/incipit-cli")
    parser.add_argument("--peft-half", action="store_true", help=argparse.SUPPRESS)  # one round, in a process of its own
    return parser.parse_args()


def peft_round(options):
    """One round of PEFT's steps; prints what incipit-cli bench --json prints, as far as it is compared."""
    try:
        import torch
        from peft import PromptTuningConfig, TaskType, get_peft_model
        from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM
    except ImportError as missing:
        sys.exit(f"bench_peft: {missing}. Install torch, transformers and peft for this Python: pip install torch transformers peft")
    torch.manual_seed(0)
    torch.set_num_threads(options.threads or os.cpu_count())
    dtype = torch.bfloat16 if options.precision == "bf16" else torch.float32
    if AutoConfig.from_pretrained(options.model).is_encoder_decoder:
        auto_model, task = AutoModelForSeq2SeqLM, TaskType.SEQ_2_SEQ_LM
    else:
        auto_model, task = AutoModelForCausalLM, TaskType.CAUSAL_LM
    base = auto_model.from_pretrained(options.model, dtype=dtype, attn_implementation=options.attention)
    config = PromptTuningConfig(task_type=task, num_virtual_tokens=options.num_virtual_tokens)
    model = get_peft_model(base, config).to(options.device)
    model.eval()  # no dropout; gradients flow all the same
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=0.03, weight_decay=0.0)

    with open(options.data, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file if line.strip()]

    def padded(lists, filler):
        longest = max(len(values) for values in lists)
        return torch.tensor([values + [filler] * (longest - len(values)) for values in lists], device=options.device)

    place, seconds = 0, []
    for step in range(options.steps + 2):
        batch = [rows[(place + i) % len(rows)] for i in range(options.batch_size)]
        place += options.batch_size
        ids = padded([row["input_ids"] for row in batch], 0)
        mask = padded([[1] * len(row["input_ids"]) for row in batch], 0)
        labels = padded([row["labels"] for row in batch], -100)
        start = time.perf_counter()
        loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        loss.item()
        if step >= 2:
            seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"steps_per_second": 1 / statistics.median(seconds), "peak_memory_mib": peak, "attention": base.config._attn_implementation}))


def run(command, what):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr.strip() or f"bench_peft: {what} failed with status {done.returncode}.")
    return json.loads(done.stdout.strip().splitlines()[-1])


def main():
    options = arguments()
    if options.peft_half:
        return peft_round(options)
    if not os.access(options.incipit_cli, os.X_OK):
        sys.exit(f"bench_peft: there is no program '{options.incipit_cli}'. Build it (./dev bench) or name it with --incipit-cli.")
    shared = ["--num-virtual-tokens", str(options.num_virtual_tokens), "--batch-size", str(options.batch_size), "--steps",
              str(options.steps), "--precision", options.precision, "--threads", str(options.threads), "--device", options.device]
    incipit = [options.incipit_cli, "bench", options.model, "--data", options.data, "--json", *shared]
    peft = [sys.executable, __file__, options.model, options.data, "--peft-half", *shared]
    if options.attention:
        peft += ["--attention", options.attention]
    rounds = [(run(peft, "PEFT's half"), run(incipit, "Incipit's half")) for _ in range(options.rounds)]
    for name, half in (("PEFT", 0), ("Incipit", 1)):
        speed = statistics.median(one[half]["steps_per_second"] for one in rounds)
        memory = max(one[half]["peak_memory_mib"] for one in rounds)
        print(f"{name:8} {speed:8.3f} steps/s  {memory:8.0f} MiB at most")
    ratio = statistics.median(own["steps_per_second"] / other["steps_per_second"] for other, own in rounds)
    attention = rounds[0][0]["attention"]
    print(f"Incipit is {ratio:.2f} times as fast as PEFT with {attention} attention (median of {options.rounds} rounds, {options.precision}, "
          f"{options.device}).")


if __name__ == "__main__":
    main()
