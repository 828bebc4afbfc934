"""The part of the table in tests/parity_cases.py that is about images: convolution, pooling, normalisation, resampling."""

from __future__ import annotations

from tests.parity_cases import Case, case, fixed, normal, uniform

_IMAGE, _LINE = normal(2, 4, 4, 5), normal(2, 4, 7)

CONVOLUTION = [
    *(
        case(f"nn.Conv2d(4, 2, {arguments})", _IMAGE)
        for arguments in (
            "3",
            "(2, 3), bias=False",
            "1",
            "3, stride=2, padding=1",
            "(3, 2), stride=(2, 1), padding=(1, 2), dilation=(1, 2)",
            "3, padding='same'",
            "(2, 4), padding='same', dilation=(2, 1)",
            "3, padding='valid'",
            "3, groups=2",
            "2, stride=3, groups=2, dilation=(2, 3)",
            "(4, 5)",
            "3, padding=(2, 1), padding_mode='reflect'",
            "3, padding=1, padding_mode='replicate'",
            "3, padding=2, padding_mode='circular', stride=2",
            "(2, 4), padding='same', padding_mode='circular'",
        )
    ),
    case("nn.Conv2d(4, 8, 3, padding=1, groups=4)", _IMAGE),
    case("nn.Conv2d(4, 2, 3)", normal(4, 5, 6)),
    case("nn.Conv2d(1, 1, (2, 3), padding=1)", normal(64, 1, 2, 8)),
    *(
        case(f"nn.Conv1d(4, 2, {arguments})", _LINE)
        for arguments in (
            "3",
            "2, stride=2, padding=1, bias=False",
            "3, padding='same', groups=2",
            "3, dilation=3",
            "3, padding=2, padding_mode='reflect'",
            "4, padding='same', padding_mode='replicate'",
        )
    ),
    case("nn.Conv1d(4, 2, 3)", normal(4, 7)),
    *(
        case(f"nn.ConvTranspose2d(4, 2, {arguments})", normal(2, 4, 3, 4))
        for arguments in (
            "3",
            "2, stride=2",
            "(3, 2), stride=(2, 3), padding=1, output_padding=(1, 2)",
            "3, dilation=2, bias=False",
            "3, stride=2, groups=2, padding=2, dilation=(2, 1)",
            "2, dilation=3, output_padding=2",
        )
    ),
    case("nn.ConvTranspose2d(4, 2, 3, stride=2)", normal(4, 3, 4)),
    case("lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2)", normal(1, 2, 3, 2), normal(2, 3, 2, 2), normal(3)),
    *(
        case(f"nn.ConvTranspose1d(4, 2, {arguments})", normal(2, 4, 4))
        for arguments in ("3", "3, stride=3, padding=1, output_padding=2", "2, groups=2, dilation=2")
    ),
    case("nn.ConvTranspose1d(4, 2, 3)", normal(4, 4)),
    case("lambda x, w: F.conv_transpose1d(x, w, padding=1)", normal(1, 2, 3), normal(2, 3, 2)),
    case("F.conv2d", _IMAGE, normal(3, 4, 2, 2), normal(3)),
    case("lambda x, w: F.conv1d(x, w, stride=2)", _LINE, normal(3, 4, 2)),
]

POOLING = [
    *(
        case(f"nn.MaxPool2d({arguments})", _IMAGE)
        for arguments in (
            "2",
            "(2, 3), stride=1",
            "3, stride=2, padding=1",
            "2, ceil_mode=True",
            "3, stride=2, padding=1, ceil_mode=True",
            "2, stride=(1, 2), dilation=(2, 3)",
            "1",
        )
    ),
    case("nn.MaxPool2d(2)", normal(4, 5, 6)),
    case("lambda x: F.max_pool2d(F.relu(x - 1), 2)", _IMAGE),  # ties: the first has the derivative
    case("lambda x: F.max_pool2d(F.relu(x - 1) + 0 * x, 3, 1, 1)", _IMAGE),
    *(case(f"nn.MaxPool1d({arguments})", _LINE) for arguments in ("3", "3, stride=1, padding=1", "2, ceil_mode=True")),
    case("nn.MaxPool1d(2)", normal(4, 7)),
    *(
        case(f"nn.AvgPool2d({arguments})", _IMAGE)
        for arguments in (
            "2",
            "(2, 3), stride=1",
            "3, stride=2, padding=1",
            "3, stride=2, padding=1, count_include_pad=False",
            "2, ceil_mode=True",
            "3, stride=2, padding=1, ceil_mode=True, count_include_pad=False",
            "(3, 4), stride=(2, 3), padding=(1, 2), ceil_mode=True",
            "2, divisor_override=3",
        )
    ),
    *(
        case(f"nn.AvgPool1d({arguments})", _LINE)
        for arguments in ("3", "3, stride=2, padding=1", "2, ceil_mode=True", "3, padding=1, count_include_pad=False")
    ),
    *(
        case(f"nn.Adaptive{kind}Pool2d({arguments})", _IMAGE)
        for kind in ("Avg", "Max")
        for arguments in ("1", "(4, 3)", "(2, 5)", "(None, 4)", "3")
    ),
    *(case(f"nn.Adaptive{kind}Pool1d({m})", _LINE) for kind in ("Avg", "Max") for m in (1, 3, 7)),
    case("nn.AdaptiveMaxPool2d((3, 4))", normal(4, 5, 6)),
]

NORMALIZATION = [
    case("nn.BatchNorm1d(4)", normal(5, 4)),
    case("nn.BatchNorm1d(4, eps=0.1)", _LINE),
    case("nn.BatchNorm1d(4, affine=False)", _LINE),
    case("nn.BatchNorm2d(4)", _IMAGE),
    case("nn.BatchNorm2d(4, momentum=None, track_running_stats=False)", _IMAGE),
    case("nn.BatchNorm2d(4).eval()", _IMAGE),
    case("nn.BatchNorm2d(4, affine=False).eval()", _IMAGE),
    case("nn.BatchNorm2d(4, track_running_stats=False).eval()", _IMAGE),
    *(
        case(f"lambda x, m, v: (F.{call}, m, v)", _IMAGE, fixed(normal(4)), fixed(uniform(0.5, 2, 4)))
        for call in (
            "batch_norm(x, m, v, training=True)",
            "batch_norm(x, m, v, training=True, momentum=0.3)",
            "instance_norm(x, m, v)",
            "instance_norm(x, m, v, use_input_stats=False)",
            "batch_norm(x, m, v)",
        )
    ),
    case(
        "lambda x, w, b, m, v: F.batch_norm(x, m, v, w, b)",
        _IMAGE,
        normal(4),
        normal(4),
        fixed(normal(4)),
        fixed(uniform(0.5, 2, 4)),
    ),
    case("lambda x, w, b: F.batch_norm(x, None, None, w, b, True)", _LINE, normal(4), normal(4)),
    *(
        case(f"nn.InstanceNorm2d(4{more})", _IMAGE)
        for more in ("", ", affine=True, eps=0.1", ", track_running_stats=True")
    ),
    case("nn.InstanceNorm2d(4)", normal(4, 5, 6)),
    case("nn.InstanceNorm1d(4, affine=True)", _LINE),
    case("nn.InstanceNorm1d(4)", normal(4, 7)),
    *(case(f"nn.GroupNorm({arguments})", _IMAGE) for arguments in ("2, 4", "1, 4, affine=False", "4, 4, eps=0.1")),
    case("nn.GroupNorm(2, 4)", normal(3, 4)),
    case("nn.LayerNorm(5)", _IMAGE),
    case("nn.LayerNorm((4, 5), eps=0.1)", _IMAGE),
    case("nn.LayerNorm(5, elementwise_affine=False)", _IMAGE),
    case("nn.LayerNorm(5, bias=False)", _IMAGE),
    case("nn.RMSNorm(5)", _IMAGE),
    case("nn.RMSNorm((4, 5), eps=0.1, elementwise_affine=False)", _IMAGE),
    case("lambda x, w: F.rms_norm(x, (7,), w, 0.2)", _LINE, normal(7)),
    case("lambda x, w, b: F.layer_norm(x, (7,), w, b)", _LINE, normal(7), normal(7)),
]

RESAMPLING = [
    *(
        case(f"lambda x: F.pad(x, {arguments})", _IMAGE)
        for arguments in (
            "(1, 2)",
            "(1, 0, 2, 3), value=0.5",
            "(-1, 2, 0, -2)",
            "(0, 0, 0, 0, 1, 1)",
            "(2, 1, 3, 2), mode='reflect'",
            "(3, 1, 0, 2), mode='replicate'",
            "(5, 2, 1, 4), mode='circular'",
        )
    ),
    case("lambda x: F.pad(x, (6, 6), mode='reflect')", _LINE),
    *(
        case(f"nn.Upsample({arguments})", _IMAGE)
        for arguments in (
            "scale_factor=2",
            "size=(7, 4)",
            "scale_factor=(1.5, 2.0)",
            "scale_factor=2.0, mode='bilinear'",
            "size=(7, 4), mode='bilinear', align_corners=True",
            "scale_factor=1.7, mode='bilinear', align_corners=False",
            "size=1, mode='bilinear', align_corners=True",
            "scale_factor=0.6",
        )
    ),
    *(
        case(f"nn.Upsample({arguments})", _LINE)
        for arguments in (
            "scale_factor=3",
            "size=5, mode='linear'",
            "scale_factor=2.0, mode='linear', align_corners=True",
        )
    ),
    case("lambda x: F.interpolate(x, scale_factor=2)", _IMAGE),
    case("nn.PixelShuffle(2)", _IMAGE),
    case("nn.PixelUnshuffle(2)", normal(2, 3, 4, 6)),
    case("nn.PixelShuffle(2)", normal(8, 2, 3)),
    case("nn.Flatten()", _IMAGE),
    case("nn.Flatten(0, -2)", _IMAGE),
    case("nn.Unflatten(1, (2, -1))", _IMAGE),
]

CASES: dict[str, list[Case]] = {
    "convolution": CONVOLUTION, "pooling": POOLING,
    "normalization": NORMALIZATION, "resampling": RESAMPLING,
}  # fmt: skip
