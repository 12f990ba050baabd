"""course.setup.precision: 16 bits where the device multiplies them fast."""

from __future__ import annotations

import pytest
import tensorflow as tf

from course import setup


@pytest.mark.parametrize(
    ("capability", "flags", "policy"),
    [
        (None, "sse avx512_bf16", "mixed_bfloat16"),
        (None, "sse amx_bf16", "mixed_bfloat16"),
        (None, "sse avx2", "float32"),
        (None, "", "float32"),
        ((8, 0), "", "mixed_bfloat16"),
        ((12, 0), "", "mixed_bfloat16"),
        ((7, 5), "sse avx512_bf16", "float32"),
        ((6, 1), "sse avx512_bf16", "float32"),
        ("no answer", "sse avx512_bf16", "float32"),
    ],
)
def test_precision_is_chosen_by_the_device(monkeypatch, capability, flags, policy):
    details = {} if capability == "no answer" else {"compute_capability": capability}
    monkeypatch.setattr(
        tf.config, "list_physical_devices", lambda kind: ["a GPU"] if kind == "GPU" and capability else []
    )
    monkeypatch.setattr(tf.config.experimental, "get_device_details", lambda gpu: details)
    monkeypatch.setattr(setup, "_cpuinfo", lambda: f"flags\t\t: fpu {flags}\n")
    assert setup.precision() == policy
