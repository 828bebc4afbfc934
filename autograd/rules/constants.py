"""NumPy functions without a derivative: those with constant results, and those that are refused, with the reason."""

from __future__ import annotations

# Questions about shapes, kinds, places and counts; logic; integers. On Values they give what they give on plain arrays.
CONSTANT: tuple[str, ...] = tuple(
    """
    shape ndim size iscomplexobj isrealobj iscomplex isreal isscalar result_type can_cast common_type
    min_scalar_type promote_types isdtype issubdtype typename isfortran iterable zeros_like ones_like empty_like
    argmax argmin nanargmax nanargmin argsort lexsort argpartition searchsorted nonzero flatnonzero argwhere
    count_nonzero all any isclose allclose array_equal array_equiv isposinf isneginf isfinite isinf isnan isnat
    signbit array_repr array_str array2string may_share_memory shares_memory digitize isin tril_indices_from
    triu_indices_from diag_indices_from in1d ravel_multi_index unravel_index einsum_path logical_and logical_or
    logical_xor logical_not greater greater_equal less less_equal equal not_equal bitwise_and bitwise_or
    bitwise_xor bitwise_not bitwise_invert bitwise_count bitwise_left_shift bitwise_right_shift invert
    left_shift right_shift gcd lcm packbits unpackbits spacing linalg.matrix_rank mask_indices diag_indices
    tril_indices triu_indices bartlett blackman hamming hanning kaiser broadcast_shapes fft.fftfreq fft.rfftfreq
    base_repr binary_repr format_float_positional format_float_scientific datetime_as_string datetime_data
    is_busday busday_count busday_offset mintypecode load save savetxt savez savez_compressed get_include
    get_printoptions set_printoptions printoptions getbufsize setbufsize geterr seterr geterrcall seterrcall
    info show_config show_runtime test frompyfunc nested_iters
    """.split()
)

# Arrays made of what they are given, which meet a Value by ``like=`` alone. They are computed as they are called: a Value
# among the numbers is refused there, by `Value.__array__` or by `Value.__float__`.
MADE: tuple[str, ...] = tuple(
    """
    array asarray asanyarray ascontiguousarray asfortranarray asarray_chkfinite arange empty zeros ones full eye
    identity tri indices fromfunction require fromiter frombuffer fromfile fromstring fromregex loadtxt
    genfromtxt from_dlpack
    """.split()
)

_IN_PLACE = (
    "it changes an array in place, and the operations recorded before would then have the wrong derivative; "
    "use np.where, or value.at[index].set(new) for a changed copy"
)

REFUSED: dict[str, str] = {
    **dict.fromkeys(("copyto", "put", "place", "putmask", "put_along_axis", "fill_diagonal"), _IN_PLACE),
    "i0": "NumPy has no function for its derivative I₁; use scipy.special.i0 through autograd.scipy.special",
    "frexp": "its result jumps between powers of two; divide by a constant power of two instead",
    "nextafter": "a step to the neighbouring float is not a differentiable function",
    "roots": "use np.linalg.eigvals of the companion matrix, which has a derivative where the roots are distinct",
    "poly": "multiply the factors with np.polymul",
    "polydiv": "polynomial division has no derivative rule",
    "sort_complex": "complex numbers have no differentiable order; sort by np.argsort of a real key",
    "asmatrix": "np.matrix is not supported; use arrays of two axes",
    "bmat": "np.matrix is not supported; use np.block",
}
