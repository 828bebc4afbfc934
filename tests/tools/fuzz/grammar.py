"""What random programs are made of: expressions of earlier values, by kind.

In an expression {i} and {j} stand for values, {p} and {q} for positive numbers made of them, {u} and {w} for numbers between
-1 and 1, {z} for complex numbers in the unit disc, {m} for well-conditioned matrices, {n} for a matrix that is not square, {s}
for symmetric ones with separate positive eigenvalues, {a} and {b} for axes of {i}. Everything is bounded, so that programs of
any length stay finite; what does not fit (a shape, a size) is drawn again. The names are explained in `libraries.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from .operands import FOREIGN, INDICES, OPERANDS

STANDS_FOR = {
    "i": "v[{0}]", "j": "v[{1}]", "p": "(1.5 + np.sin(v[{0}]))", "q": "(1.5 + np.sin(v[{1}]))", "u": "np.tanh(v[{0}])",
    "w": "np.tanh(v[{1}])", "z": "(v[{0}] / (1 + np.abs(v[{0}])))", "m": "matrix(v[{0}])", "n": "matrix(v[{0}])[..., :2]",
    "s": "symmetric(v[{0}])", "a": "{2}", "b": "{3}",
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """Expressions of real or complex values with at least `ndim` axes, and how often they are drawn."""

    weight: float
    expressions: tuple[str, ...]
    ndim: int = 0
    complex: bool = False


ELEMENTWISE = (
    "np.sin({i})", "np.cos({i}) - {i}", "np.tan({u})", "np.tanh({i})", "np.sinh({u})", "np.cosh({u})", "np.arctan({i})",
    "np.arcsin(0.9 * {u})", "np.arccos(0.9 * {u})", "np.arctanh(0.9 * {u})", "np.arcsinh({i})", "np.arccosh(1 + {p})",
    "np.exp({u})", "np.exp2({u})", "np.expm1({u})", "np.log({p})", "np.log2({p})", "np.log10({p})", "np.log1p({p})",
    "np.sqrt({p})", "np.cbrt({p})", "np.square({u})", "np.reciprocal({p})", "{p} ** 3", "{p} ** -0.5", "2.0 ** {u}",
    "{u} ** 2", "np.abs({i})", "np.fabs({i})", "np.sign({i}) * {i}", "-{i}", "np.positive({i})", "np.negative({i})",
    "np.sinc({u})", "np.degrees({u}) / 60", "np.radians(60 * {u})", "np.rad2deg({u}) / 60", "np.deg2rad(60 * {u})",
    "F.sigmoid({i})", "F.softplus({i})", "F.gelu({i})", "F.silu({i})", "F.erf({i})", "F.erfc({i})", "F.relu({i})",
    "{i}.clip(-0.8, 0.9)", "np.clip({i}, None, 0.7)", "np.where({i} > 0.1, {i}, 0.5 * {i})",
    "np.where({i} <= 0.2, 2.0, {i})", "{i} * ({i} > 0.1)", "np.logical_not({i} > 0) * {i}",
    "np.logical_or({i} > 1, {i} < -0.5) * {i}", "np.isfinite({i}) * {i}", "3 - {i}", "{i} / 2", "2 * {i}", "{i} - 1",
    "0.5 + {i}", "np.float32(0.5) * {i}", "1 / (2 + np.sin({i}))", "{i} * {i} / (1 + {i} * {i})", "added({i}, 0.5 * {i})",
    "np.nan_to_num({i})", "np.copy({i})", "np.around({i}, 1) * {i}", "np.floor({i}) + {i}", "np.ceil({i}) - {i}",
    "np.trunc({i}) + {i}", "{i} * np.rint({i})", "np.fix({i}) + {i}", "{i} % 0.7", "{i} // 0.7 + {i}", "np.fmod({i}, 0.7)",
    "np.divmod({i}, 0.7)[1]", "np.modf({i})[0]", "np.ldexp({i}, -1)", "np.heaviside({i}, 0.5) * {i}",
    "np.piecewise({i}, [{i} > 0.1], [np.sin, np.cos])", "np.polyval(np.array([0.3, -1.0, 0.5]), {u})",
    "np.interp({u}, np.array([-1.0, 0.0, 1.0]), np.array([0.5, -0.2, 0.8]))", "{i}.astype(np.float32)",
    "{i}.astype(np.float64)", "checkpoint(lambda x: np.tanh(x) * x)({i})", "custom({i})", "constant(lambda: np.sin({i}))",
    "constant(lambda: {u} * {j})", "np.atleast_1d({i})", "np.atleast_2d({i})", "np.atleast_3d({i})", "np.tile({i}, 2)",
    "np.broadcast_to({i}, (2, *np.shape({i})))", "{i}.sum()", "np.ravel({i})", "np.reshape({i}, (-1, 1))", "{i}.reshape(-1)",
    "{i}[None]", "{i}[..., None]", "{i}[()]", "np.resize({i}, (2, 3))", "np.where(np.less_equal({i}, 0.3), {i}, 0.3)",
    "np.signbit({i}) * {i}", "np.logical_xor({i} > 0, {i} < 0.5) * {i}", "np.where(np.isnan({i}), 0.0, {i})",
    "np.where(np.isinf({i}), 0.0, {i})", "np.real_if_close({i})", "F.gelu_tanh({i})",
)  # fmt: skip

BINARY = (
    "{i} + {j}", "{i} - {j}", "{u} * {j}", "{i} / {q}", "np.add({i}, {j})", "np.subtract({i}, {j})", "np.multiply({u}, {j})",
    "np.divide({i}, {q})", "{p} ** {w}", "np.power({p}, {w})", "np.float_power({p}, {w})", "np.maximum({i}, {j})",
    "np.minimum({i}, {j})", "np.fmax({i}, {j})", "np.fmin({i}, {j})", "np.logaddexp({i}, {j})", "np.logaddexp2({i}, {j})",
    "np.arctan2({i}, {q})", "np.hypot({i}, {q})", "np.copysign({p}, {j})", "np.where({i} > {j}, {i}, {j} * 0.3)",
    "np.where({i} < {j}, {u}, 2)", "np.where(np.greater_equal({i}, {j}), {u} * {j}, {i})", "np.not_equal({i}, {j}) * {i}",
    "np.where(np.logical_and({i} > 0, {j} > 0), {i}, {j})", "np.clip({i}, -{q}, {q})", "np.remainder({i}, {q})",
    "np.fmod({i}, {q})", "np.floor_divide({i}, {q}) + {i}", "np.outer({u}, {w})", "np.kron({u}, {w})", "added({i}, {j})",
    "np.stack([{i}, {j}], axis={a})", "np.stack([{i}, {u} * {j}])", "np.hstack([{i}, {j}])", "np.vstack([{i}, {j}])",
    "np.dstack([{i}, {j}])", "np.column_stack([{i}, {j}])", "np.append({i}, {j})", "np.block([{i}, {j}])",
    "np.select([{i} > 0.3, {i} > -0.3], [{i}, 2 * {j}], 0.1)", "np.choose(np.array([0, 1, 1]), [{i}, {j}])",
    "np.broadcast_arrays({i}, {j})[0]", "{i} * 2 + {u} * {w} - {i}", "np.tensordot({u}, {w}, axes=0)",
    "np.multiply(*np.meshgrid(np.ravel({u}), np.ravel({w})))", "np.linspace({i}, {j}, 3)",
    "checkpoint(lambda x, y: np.sin(x) * y)({i}, {j})", "at({i})[...].set({j})",
    "np.concatenate([np.ravel({i}), np.ravel({j})])", "np.trapezoid({i}, {q})",
    "np.where(np.less({i}, {j}), {i}, {u} * {w})", "np.where(np.greater({i}, {j}), {i}, 0.5)",
    "np.where(np.equal({i}, {j}), {i}, {w})", "np.logspace({u}, {w}, 3) / 3", "np.geomspace({p}, {q}, 3)",
)  # fmt: skip

REDUCING = (
    "{i}.sum(axis={a})", "np.sum({i}, axis={a}, keepdims=True)", "np.sum({i})", "np.sum({u}, axis=(0, -1))", "np.mean({i})",
    "{i}.mean(axis={a}, keepdims=True)", "{i}.max(axis={a})", "np.max({i})", "np.min({i}, axis={a}, keepdims=True)",
    "np.amax({i}, axis=(0, -1))", "np.amin({i}, axis={a})", "np.prod(1.2 * {u}, axis={a})", "np.prod({p})",
    "{i}.var(axis={a})", "np.var({i}, axis={a}, ddof=1)", "np.std({i}, axis={a})", "np.sqrt(0.2 + np.var({i}))",
    "np.ptp({i}, axis={a})", "np.median({i}, axis={a})", "np.median({i})", "np.quantile({i}, 0.3, axis={a})",
    "np.quantile({i}, np.array([0.15, 0.9]))", "np.percentile({i}, 60, axis={a}, keepdims=True)",
    "np.average({i}, axis={a})", "np.average({i}, weights={p})", "np.nansum({i}, axis={a})", "np.nanmean({i}, axis={a})",
    "np.nanmax({i}, axis={a})", "np.nanmedian({i})", "F.logsumexp({i}, axis={a})", "F.logsumexp({i})",
    "F.softmax({i}, axis={a})", "F.log_softmax({i}, axis={a})", "F.softmax({i})", "np.cumsum({i}, axis={a})",
    "np.cumsum({u})", "np.cumprod({p}, axis={a})", "np.cumprod({u})",
    "np.cumulative_sum({i}, axis={a}, include_initial=True)", "np.cumulative_prod({p}, axis={a})", "np.sort({i}, axis={a})",
    "np.sort({i}, axis=None)", "np.partition({i}, 0)[..., :1]", "np.diff({i}, axis={a})", "np.diff({i}, n=2, axis={a})",
    "np.ediff1d({i})", "np.gradient({i}, axis={a})", "np.trapezoid({i}, axis={a})", "np.cov({i})", "np.unwrap(3 * {i})",
    "np.corrcoef({i} + 3 * np.arange({i}.shape[-1]))", "np.apply_along_axis(lambda x: np.sum(x * x), {a}, {i})",
    "np.linalg.norm({i})", "np.linalg.norm({i}, axis={a})", "np.linalg.norm({i}, 3, axis={a})",
    "np.linalg.norm({i}, 1, axis={a})", "np.linalg.norm({i}, np.inf, axis={a})", "np.linalg.vector_norm({i}, axis={a})",
    "np.sum({i}, axis={a}, where=mask({i}))", "np.max({i}, axis={a}, initial=0.3)", "np.apply_over_axes(np.sum, {i}, [{a}])",
    "np.nanprod({p})", "np.nanstd({p})", "np.nanvar({i}, axis={a})", "np.nanmin({i})", "np.nancumsum({i}, axis={a})",
    "np.nancumprod({p})", "np.nanquantile({i}, 0.7)", "np.nanpercentile({i}, 35, axis={a})", "np.polyder(np.ravel({i}))",
    "np.polyint(np.ravel({i}))", "np.polyfit(np.arange(1.0, 1 + {i}.shape[0]), {i}, 1)",
)  # fmt: skip

SHAPING = (
    "{i}.T", "np.transpose({i})", "np.swapaxes({i}, {a}, {b})", "np.moveaxis({i}, {a}, {b})", "np.rollaxis({i}, {a})",
    "np.expand_dims({i}, {a})", "np.squeeze({i})", "np.flip({i}, axis={a})", "np.flip({i})", "np.fliplr({i})",
    "np.flipud({i})", "np.rot90({i})", "np.roll({i}, 1, axis={a})", "np.roll({i}, -2)", "np.tile({i}, (2, 1))",
    "np.repeat({i}, 2, axis={a})", "np.repeat({i}, 2)", "np.pad({i}, 1)", "np.pad({i}, (0, 2), constant_values=0.7)",
    "np.pad({i}, 1, mode='edge')", "np.pad({i}, 1, mode='reflect')", "np.pad({i}, 1, mode='symmetric')",
    "np.pad({i}, 1, mode='wrap')", "np.tril({i})", "np.triu({i}, 1)", "np.diag({i})", "np.diagonal({i})", "np.trace({i})",
    "np.diagflat({i})", "np.split({i}, 2, axis={a})[1]", "np.array_split({i}, 2, axis={a})[0]",
    "np.split({i}, [1], axis={a})[0]", "np.unstack({i}, axis={a})[0]", "np.delete({i}, 0, axis={a})",
    "np.insert({i}, 0, 0.5, axis={a})", "np.vsplit({i}, 2)[0]", "np.concatenate([{i}, 2 * {i}], axis={a})",
    "np.concatenate([{i}, {j}], axis={a})", "np.insert({i}, index([0, 1]), {j}, axis={a})", "np.append({i}, {j}, axis={a})",
    "np.matrix_transpose({i})", "np.compress(mask({i}, 1), {i}, axis=0)", "np.extract(mask({i}), {i})",
    "np.fft.fftshift({i})", "np.vander({i}, 3)", "np.hsplit({i}, 2)[0]", "np.dsplit({i}, [1])[0]",
    "np.linalg.matrix_transpose({i})", "np.polyadd(np.ravel({i}), np.ravel({j}))",
    "np.polysub(np.ravel({i}), np.ravel({j}))",
)  # fmt: skip

INDEXING = (
    "{i}[0]", "{i}[-1]", "{i}[::-1]", "{i}[..., ::-1]", "{i}[..., ::2]", "{i}[-1:0:-1]", "{i}[1:]", "{i}[..., 0]",
    "{i}[0, ..., None]", "{i}[None, ..., None, 0]", "{i}[:, None]", "{i}[1:, None, ..., ::-1]", "{i}[index([0, -1, 0])]",
    "{i}[np.array([0, -1, 0, 0])]", "{i}[index([0, -1]), index([0, 0])]", "{i}[np.array([[0], [-1]]), np.array([0, 0, -1])]",
    "{i}[..., np.array([0, 0])]", "{i}[:, index([0, -1, -1])]", "{i}[np.array([0, -1]), None, ::-1]",
    "{i}[np.array([0, -1]), ..., np.array([0, 0])]", "{i}[0, ..., np.array([0, 0, -1])]", "{i}[np.array([0, -1]), ..., 0]",
    "{i}[mask({i})]", "{i}[mask({i}, 1)]", "{i}[mask({i}, 1), 0]", "{i}[mask({i}, 1), ..., None]", "np.sum({i}[{i} > 0.1])",
    "np.take({i}, np.array([0, 0, -1]), axis={a})", "np.take({i}, np.array([[0, 2], [1, 0]]), mode='wrap')",
    "np.take_along_axis({i}, np.argsort({i}, axis={a}), axis={a})", "{i}[np.argmax({i}, axis=0)]", "at({i})[0].set({w})",
    "at({i})[0].set(np.sum({w}))", "at({i})[..., 0].add({j}.mean())", "at({i})[np.array([0, 0, -1])].add(0.5 * {i}[0])",
    "at({i})[mask({i})].set(0.5)", "at({i})[-1].multiply(np.sum({w}))", "at({i})[::-1].set({i})", "at({i})[0].divide(1.5)",
    "at({i})[..., :1].max(0.2)", "at({i})[0].min({j})", "at({p})[0].power(2)", "{i}[np.argmin({i}, axis=0)]",
)  # fmt: skip

PRODUCTS = (
    "{i} @ {j}", "{u} @ {w}", "np.matmul({u}, np.swapaxes({u}, -1, -2))", "np.matmul({m}, {i})", "np.dot({i}, {j})",
    "np.dot({u}, {w})", "np.inner({u}, {w})", "np.vdot({u}, {w})", "np.vecdot({u}, {j})", "np.linalg.vecdot({u}, {i})",
    "np.tensordot({u}, {w}, axes=1)", "np.tensordot({u}, {w}, axes=((0,), (0,)))",
    "np.tensordot({u}, {u}, axes=((0, 1), (0, 1)))", "np.einsum('...i,...i->...', {u}, {w})", "np.einsum('i...->...', {i})",
    "np.einsum('ij,kj->ik', {u}, {w})", "np.einsum('ij->ji', {i})", "np.einsum('ii->i', {m})",
    "np.einsum('...ii->...', {m})", "np.einsum('i,j->ij', {u}, {w})", "np.einsum('...i,...ij,...j->...', {u}, {m}, {u}) / 9",
    "np.einsum('ij,ij->j', {u}, {w})", "np.matvec({m}, {u})", "np.vecmat({u}, {m})", "np.cross({u}, {w})",
    "np.convolve({u}, {w})", "np.correlate({u}, {w})", "np.linalg.multi_dot([{u}, {u}.T, {u}])", "np.linalg.outer({u}, {w})",
    "np.polymul({u}, {w})", "np.linalg.cross({u}, {w})", "np.convolve({u}, {w}, mode='same')", "np.linalg.matmul({u}, {w})",
    "np.linalg.tensordot({u}, {w}, axes=1)",
)  # fmt: skip

NETWORKS = (
    "F.linear({u}, {m}, {w})", "F.linear({u}, {u}.T, {u}[..., 0])", "F.linear({i}, {m}[..., :1], {w})",
    "F.linear({u}, np.outer(np.cos(np.arange({i}.shape[-1])), {w}), np.ravel({j}))",
    "F.cross_entropy({i}, np.argmin({i}, axis=-1))", "F.cross_entropy({i}, np.argmax({i}, axis=-1), reduction='mean')",
    "F.cross_entropy({i}, F.softmax({j}))", "F.cross_entropy({i}, {q}, reduction='sum')",
    "F.cross_entropy({i}, {i}, reduction='mean')", "F.standardize({i}, axes=({a},), eps=0.3)",
    "F.standardize({i}, axes=(-1, 0), eps=0.3)", "F.layer_norm({i}, {w}, {q}, eps=0.3)",
    "F.layer_norm({i}, {i}[0], {i}[-1], eps=0.3)", "F.layer_norm({j}, {w}, {i}, eps=0.3)",
    "F.attention({i}, {j}, {u}, scale=0.7)", "F.attention({u}, {w}, {w}, scale=0.5, causal=True)",
    "F.attention({u}, {w}, {j}, np.matmul({i}, np.swapaxes({w}, -1, -2)), scale=0.5)",
    "F.attention({i}, {i}, {i}, {j}, scale=0.7, causal=True)",
    "F.rnn({u}.reshape(-1, 1, 1), {w}.reshape(-1)[:1].reshape(1, 1), np.ones((1, 1)), np.full((1, 1), 0.5))",
    "F.rnn({u}.reshape(-1, 1, 1), np.ones((1, 1)), {w}.reshape(-1)[-1:].reshape(1, 1), np.ones((1, 1)), nonlinearity='relu')",
    "F.lstm({u}.reshape(-1, 1, 1), *{w}.reshape(-1)[:2].reshape(2, 1, 1), np.array([[1.0], [-0.5], [0.7], [0.3]]), "
    "np.ones((4, 1)))",
    "F.gru({u}.reshape(-1, 1, 1), {w}.reshape(-1)[:1].reshape(1, 1), np.array([[1.0], [-0.5], [0.7]]), np.ones((3, 1)))",
    "F.gru(np.ones((3, 1, 1)), np.ones((1, 1)), {w}.reshape(-1)[:3].reshape(3, 1), np.ones((3, 1)), {u}.reshape(-1)[:3], "
    "np.ones(3))",
    "F.convolution({i}.reshape(1, 1, -1), {w}.reshape(-1)[:2].reshape(1, 1, -1), stride=(1,), padding=((1, 2),), "
    "dilation=(1,), groups=1)",
    "F.convolution({u}.reshape(-1, 1, 1), np.array([[[1.0, -0.5]], [[0.3, 0.8]]]), stride=(2,), padding=((1, 2),), "
    "dilation=(1,), groups=1)",
    "F.sum_pool({i}.reshape(1, -1), kernel=(2,), stride=(2,), padding=((1, 2),), dilation=(2,))",
    "F.max_pool(np.array([1.0, -1.0, 0.5]) * {p}.reshape(-1, 1), kernel=(2,), stride=(1,), padding=((1, 0),), dilation=(1,))",
    "F.batch_norm({i}.reshape(-1, 1), {q}.reshape(-1)[:1], {w}.reshape(-1)[:1], eps=0.3)",
)  # fmt: skip

LINALG = (
    "np.linalg.inv({m})", "np.linalg.inv({m}) @ {i}", "np.linalg.det({m}) / 50", "np.linalg.slogdet({m})[1]",
    "np.linalg.solve({m}, {i}[..., None])", "np.linalg.solve({m}, {m}.T)", "np.linalg.cholesky({s})",
    "np.linalg.eigvalsh({s}) / 9", "np.linalg.eigh({s})[1] ** 2", "np.linalg.eigh({s})[0] / 9",
    "np.linalg.svd({s}, compute_uv=False) / 9", "np.linalg.svd({s})[0] ** 2", "np.linalg.svdvals({s}) / 9",
    "np.linalg.qr({m})[1] ** 2 / 9", "np.linalg.qr({n})[0] ** 2", "np.linalg.pinv({n})", "np.linalg.lstsq({m}, {i})[0]",
    "np.linalg.matrix_power({m} / 3, 3)", "np.linalg.norm({m}) / 3", "np.linalg.norm({s}, 2) / 9",
    "np.linalg.norm({s}, 'nuc') / 9", "np.linalg.cond({s})", "np.linalg.matrix_norm({m}) / 3",
    "np.sort(np.linalg.eigvals({s}).real) / 9", "np.linalg.eig({s})[1].real ** 2 @ np.ones({i}.shape[-1])",
    "np.linalg.trace({m}) / 3", "np.linalg.diagonal({m}) / 3", "np.linalg.norm({m}, 1) / 3",
    "np.linalg.tensorsolve({m}, {i})", "np.linalg.tensorinv({m}, ind=1)",
)  # fmt: skip

TO_COMPLEX = (
    "{i} + {j} * 1j", "np.exp(1j * {i})", "{i} * 1j", "(1 + 2j) - {u}", "np.sqrt({i} - 3 + 0j)", "np.fft.fft({i}) / 2",
    "np.fft.rfft({i}) / 2", "np.fft.ifft({i})", "np.fft.fft({i}, 5, norm='ortho')", "np.fft.fft2({i}) / 2",
    "np.fft.fftn({i}) / 3", "np.fft.rfftn({i}) / 3", "np.fft.ihfft({i})", "np.fft.rfft({i}, axis={a})",
    "np.abs(2 + np.exp(1j * {i}))", "(np.exp(1j * {i}) * {j}).imag", "np.fft.irfft({i})", "np.fft.hfft({i}) / 2",
    "np.fft.rfft2({i}) / 3",
)  # fmt: skip

COMPLEX = (
    "{i} + {j}", "{i} - {j}", "{z} * {j}", "{i} / (3 + {z})", "2j * {i}", "{i} - 0.5", "1 / (3 + {z})", "np.conjugate({i})",
    "{i}.conj()", "np.exp({z})", "np.sin({z})", "np.cos({z})", "np.tanh({z} / 2)", "np.sinh({z})", "np.cosh({z})",
    "np.tan({z} / 2)", "np.arctan({z} / 2)", "np.sqrt(3 + {z})", "np.log(3 + {z})", "{z} ** 3", "(3 + {z}) ** 0.5",
    "(3 + {z}) ** {w}", "np.square({z})", "-{i}", "np.reciprocal(2 + {z})", "np.sign({i}) * {z}",
    "np.where({i}.real > 0.1, {i}, 1j * {i})", "np.outer({z}, {j})", "np.stack([{i}, {j}])", "constant(lambda: {i} * 1j)",
    "checkpoint(lambda x: x * x / 3)({z})", "added({i}, {j})", "{i} * 2",
)  # fmt: skip

COMPLEX_ARRAY = (
    "{i}[0]", "{i}[..., ::-1]", "{i}[index([0, -1, 0])]", "{i}[mask({i})]", "{i}.T", "{i}.reshape(-1)", "{i}[..., None]",
    "{i}.sum(axis={a})", "{i}.mean(axis={a}, keepdims=True)", "np.prod({z}, axis={a})", "np.cumsum({i}, axis={a})",
    "np.cumprod({z})", "np.concatenate([{i}, np.conjugate({i})], axis={a})", "np.fft.fft({i}) / 2",
    "np.fft.ifft({i}, axis={a})", "np.fft.ifft2({i})", "np.fft.ifftn({i})", "{i} @ {j}",
    "np.einsum('...i,...i->...', {z}, {j})", "np.vdot({z}, {z})", "np.linalg.inv({m} * (2 + 1j))",
    "np.linalg.solve({m}, {i}[..., None])", "np.linalg.det({m}) / 50", "np.pad({i}, 1)", "np.roll({i}, 1, axis={a})",
    "np.take({i}, np.array([0, 0, -1]), axis={a})", "at({i})[0].set(0.5)", "at({i})[0].add({i}[-1])",
    "np.tensordot({z}, {z}, axes=0)", "np.fft.ifftshift({i})", "np.var({i}, axis={a})", "np.linalg.norm({i}, axis={a})",
    "np.repeat({i}, 2, axis={a})",
)  # fmt: skip

TO_REAL = (
    "{i}.real", "{i}.imag", "np.real({i})", "np.imag({i})", "np.abs({i})", "np.angle(3 + {z})",
    "np.real({i} * np.conjugate({i}))", "np.linalg.norm({i})", "np.var({i})", "np.fft.irfft({i})", "np.fft.hfft({i}) / 2",
    "np.fft.irfftn({i})", "np.fft.irfft({i}, 5, norm='ortho')", "np.fft.irfft2({i})",
)  # fmt: skip

COUNTS = (
    "np.bincount(np.arange({i}.size) % 3, np.ravel({i}))",
    "np.bincount(np.arange({i}.size) // 2, weights=np.ravel({u}), minlength=4)",
    "np.histogram(np.cos(np.arange({i}.size)), 3, weights=np.ravel({i}))[0]", "np.histogram({i}, 3, density=True)[0] / 9",
    "np.histogram(np.cos(np.ravel({i})), 2, weights=np.ravel({u}))[0]",
    "np.histogram(np.cos(np.arange({i}.size)), np.array([-1.0, 0.1, 1.0]), weights=np.ravel({p}), density=True)[0]",
    "np.histogram({i}, np.linspace(-9.0, 9.0, 3) + np.mean({w}))[1]", "np.histogram({i}, 3)[1]",
    "np.histogram_bin_edges({i}, 4)", "np.histogram_bin_edges({i}, 2, (-2.0, 3.0)) * np.sum({i})",
    "np.histogram2d(np.cos(np.arange({i}.size)), np.sin(np.arange({i}.size)), 2, weights=np.ravel({i}))[0]",
    "np.histogram2d(np.ravel({i}), np.arange({i}.size), 2)[1]",
    "np.histogramdd([np.cos(np.arange({i}.size)), np.sin(np.arange({i}.size))], (2, 3), weights=np.ravel({i}))[0]",
    "np.histogramdd([np.cos(np.arange({i}.size)), np.sin(np.arange({i}.size))], 2, None, True, np.ravel({p}))[0]",
    "np.histogramdd([np.ravel({i})], 2)[1][0]", "np.unique({i})", "np.unique({i}, axis={a})",
    "np.unique({i}, return_inverse=True)[0]", "np.unique({i}, return_counts=True)[0]", "np.unique(np.stack([{i}, {i}]))",
    "np.unique_all({i}).values", "np.unique_counts({i}).values", "np.unique_inverse({i}).values", "np.unique_values({i})",
    "np.union1d({i}, {j})", "np.union1d({i}[:1], {i})", "np.intersect1d({i}, {i}[1:])", "np.intersect1d({i}, {j})",
    "np.setdiff1d({i}, {i}[1:])", "np.setdiff1d({i}, {j})", "np.setxor1d({i}, {j})", "np.setxor1d({i}, {i}[:1])",
    "np.multiply(*np.ix_(np.ravel({u}), np.ravel({w})))", "{i}[np.ix_(*(range(n) for n in {i}.shape))]",
    "np.full_like({i}, np.mean({j}))", "np.full_like({i}, {j})", "np.trim_zeros(np.ravel({i}))",
    "np.trim_zeros(np.ravel(F.relu({i})))", "np.lib.stride_tricks.sliding_window_view({i}, 2, axis={a})",
    "np.lib.stride_tricks.sliding_window_view({i}, {i}.shape)",
)  # fmt: skip

_BESIDE = (
    "{i} * odd({i})", "odd({i}) - {i}", "{i} / (2 + np.abs(odd({i})))", "np.maximum(odd({i}), {i})",
    "np.hypot({p}, odd({i}))", "np.where({i} > odd({i}), {i}, 0.5 * {i})", "np.where({i} > 0.1, odd({i}), {i})",
    "np.stack([{i}, odd({i})])", "{p} ** odd({i})",
)  # fmt: skip
ODD = tuple(expression.replace("odd(", f"odd('{kind}', ") for kind in OPERANDS for expression in _BESIDE)
OTHER_LIBRARIES = tuple(
    expression.replace("odd(", f"foreign('{kind}', ")
    for kind in FOREIGN
    for expression in (
        *_BESIDE, "{i} @ odd({i})", "odd({i}) @ {i}", "np.dot(odd({i}), {i})", "np.sum({i} * odd({i}), axis={a})",
        "odd({i}) / {p}", "np.concatenate([odd({i}), {i}])", "np.average({i}, weights=odd({i}))", "np.clip({i}, -2.0, odd({i}))",
        "at({i})[...].set(odd({i}))", "np.einsum('...i,...i->...', {u}, odd({i}))", "np.full_like({i}, odd({i}))",
        "np.insert({i}, 0, odd({i}), axis=0)", "np.append({i}, values=odd({i}))", "({i} > odd({i})) * {i}",
    )
)  # fmt: skip
PLACES = tuple(
    expression.replace("place(", f"odd.place('{kind}', ")
    for kind in INDICES
    for expression in (
        "{i}[place({i})]",
        "at({i})[place({i})].add(0.5)",
        "np.sin({i}[place({i})]) * {j}",
    )
)
KEYWORDS = (
    "np.clip({i}, min=-{q}, max={q})", "np.clip(a={i}, a_min=-{q}, a_max={q})", "np.linspace(start={i}, stop={j}, num=3)",
    "np.average(a={i}, weights={q})", "np.interp(x={u}, xp=np.arange(-1.0, 2.0), fp=np.ravel({q})[:1] * np.arange(3.0))",
    "np.convolve(a=np.ravel({i}), v=np.ravel({w}))", "np.outer(a={u}, b={w})", "np.diff({i}, prepend=np.sum({w}))",
    "np.diff({i}, append=np.mean({j}))", "np.ediff1d({i}, to_end=np.mean({j}), to_begin=np.sum({w}))",
    "np.trapezoid(y={i}, dx=np.mean({j}))", "np.kron(a={u}, b={w})", "np.tensordot(a={u}, b={w}, axes=0)",
    "np.insert({i}, 0, values=np.mean({j}))",
    "np.geomspace(start={p}, stop={q}, num=3)", "np.dot(a={u}, b={w})",
    "np.polyval(p=np.ravel({u}), x={w})",
)  # fmt: skip

KINDS = (
    Kind(3, ELEMENTWISE),
    Kind(0.7, COUNTS, ndim=1),
    Kind(0.8, ODD),
    Kind(0.5, OTHER_LIBRARIES, ndim=1),
    Kind(0.5, PLACES, ndim=1),
    Kind(0.5, KEYWORDS, ndim=1),
    Kind(3, BINARY),
    Kind(2, REDUCING, ndim=1),
    Kind(2, SHAPING, ndim=1),
    Kind(2, INDEXING, ndim=1),
    Kind(1.5, PRODUCTS, ndim=1),
    Kind(1, NETWORKS, ndim=1),
    Kind(1, LINALG, ndim=1),
    Kind(0.7, TO_COMPLEX),
    Kind(2, COMPLEX, complex=True),
    Kind(2, COMPLEX_ARRAY, ndim=1, complex=True),
    Kind(2, TO_REAL, complex=True),
)
