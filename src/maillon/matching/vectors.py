"""How kernels are compiled, and what numba lacks: 32 sketches compared at once, bits counted, lines fetched ahead."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import numpy as np
from llvmlite import binding, ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

Array = np.ndarray[Any, Any]
LANES = 32
COUNTS = binding.get_host_cpu_features().get("avx512bitalg", False)
"""Whether the processor counts the bits of sixteen-bit lanes by itself."""


def kernel(function: Callable[..., Any], *, fastmath: Any = False) -> Callable[..., Any]:
    """Compiled at the first call and kept on disk; other threads go on meanwhile; indexes and divisors go unchecked.

    `fastmath` names the liberties that sums and products may take, as LLVM calls them.
    """
    compiled = partial(njit, nogil=True, boundscheck=False, error_model="numpy", fastmath=fastmath)
    try:
        return cast(Callable[..., Any], compiled(cache=True)(function))
    except RuntimeError:  # nowhere to write: beside the source, in the user's folder, in NUMBA_CACHE_DIR
        return cast(Callable[..., Any], compiled()(function))


def unchanging(array: Array) -> Array:
    """The array, not to be written to: kernels are compiled for each kind, so those in memory are as those in files."""
    view = array.view()
    view.flags.writeable = False
    return view


def _address(context: Any, builder: Any, signature: Any, value: Any, index: Any) -> Any:
    array = context.make_array(signature)(context, builder, value=value)
    return cgutils.gep_inbounds(builder, array.data, index)


def _differing(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """The 32 entries from a place on, each combined with a word by exclusive or; and how to spread a word."""
    lane = ir.IntType(16)
    vector = ir.VectorType(lane, LANES)
    place = _address(context, builder, signature.args[0], args[0], args[1])
    loaded = builder.load(builder.bitcast(place, vector.as_pointer()), align=2)

    def spread(value: Any) -> Any:
        one = builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        return builder.shuffle_vector(one, ir.Constant(vector, ir.Undefined), zeros)

    return builder.xor(loaded, spread(args[2])), vector, spread


def _counted(builder: Any, vector: Any, value: Any) -> Any:
    name = f"llvm.ctpop.v{LANES}i16"
    return builder.call(
        cgutils.get_or_insert_function(builder.module, ir.FunctionType(vector, [vector]), name), [value]
    )


def _near(typing: Any, array: Any, at: Any, word: Any, most: Any) -> Any:
    """Of the 32 entries of a uint16 array from `at` on: one bit for each that differs from `word` in at most `most`."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        differing, vector, spread = _differing(context, builder, signature, args)
        passing = builder.icmp_unsigned("<=", _counted(builder, vector, differing), spread(args[3]))
        return builder.bitcast(passing, ir.IntType(LANES))

    return types.uint32(array, types.int64, types.uint16, types.uint16), code


def _within(most: int) -> Callable[..., Any]:
    """`near` for so few differing bits: where none is left when the lowest was taken away so often."""

    def _few(typing: Any, array: Any, at: Any, word: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            left, vector, _ = _differing(context, builder, signature, args)
            if COUNTS:
                allowed = ir.Constant(vector, [most] * LANES)
                passing = builder.icmp_unsigned("<=", _counted(builder, vector, left), allowed)
            else:
                less = ir.Constant(vector, [0xFFFF] * LANES)
                for _ in range(most):
                    left = builder.and_(left, builder.add(left, less))
                passing = builder.icmp_unsigned("==", left, ir.Constant(vector, [0] * LANES))
            return builder.bitcast(passing, ir.IntType(LANES))

        return types.uint32(array, types.int64, types.uint16), code

    return _few


def _near_96(typing: Any, columns: Any, at: Any, low: Any, middle: Any, high: Any, most: Any) -> Any:
    """Of 16 entries of uint32 (3, n) from `at` on: one bit for each that differs in at most `most` of 96 bits."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        lane, index = ir.IntType(32), ir.IntType(64)
        vector = ir.VectorType(lane, 16)
        array = context.make_array(signature.args[0])(context, builder, value=args[0])
        length = builder.extract_value(array.shape, 1)
        counting = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(vector, [vector]), "llvm.ctpop.v16i32"
        )

        def spread(value: Any) -> Any:
            one = builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.Constant(lane, 0))
            return builder.shuffle_vector(one, ir.Constant(vector, ir.Undefined), ir.Constant(vector, [0] * 16))

        def differing(column: int) -> Any:
            place = builder.add(args[1], builder.mul(length, ir.Constant(index, column)))
            pointer = builder.bitcast(cgutils.gep_inbounds(builder, array.data, place), vector.as_pointer())
            return builder.xor(builder.load(pointer, align=4), spread(args[2 + column]))

        a, b, c = differing(0), differing(1), differing(2)
        # Three words counted as two: where an odd number differs, and where two or three do.
        odd = builder.xor(builder.xor(a, b), c)
        more = builder.or_(builder.and_(a, b), builder.and_(c, builder.xor(a, b)))
        twice = builder.call(counting, [more])
        count = builder.add(builder.call(counting, [odd]), builder.add(twice, twice))
        passing = builder.bitcast(builder.icmp_unsigned("<=", count, spread(args[5])), ir.IntType(16))
        return builder.zext(passing, ir.IntType(32))

    return types.uint32(columns, types.int64, types.uint32, types.uint32, types.uint32, types.uint32), code


def _ones(typing: Any, word: Any) -> Any:
    """How many bits of a uint64 are set."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.ctpop(args[0])

    return types.uint64(types.uint64), code


def _lowest(typing: Any, word: Any) -> Any:
    """The place of the lowest set bit of a uint32 or uint64 that is not 0."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return word(word), code


def _put(typing: Any, array: Any, at: Any, value: Any) -> Any:
    """`array[at] = value` for a place that is never negative, which numba would test each time."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        builder.store(args[2], _address(context, builder, signature.args[0], args[0], args[1]))
        return context.get_dummy_value()

    return types.void(array, types.int64, array.dtype), code


def _fetch(typing: Any, array: Any, at: Any) -> Any:
    """Begin to bring the cache line of `array[at]` in; any index is safe."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _address(context, builder, signature.args[0], args[0], args[1])
        byte = ir.IntType(8).as_pointer()
        word = ir.IntType(32)
        calling = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(ir.VoidType(), [byte, word, word, word]), "llvm.prefetch.p0"
        )
        builder.call(calling, [builder.bitcast(place, byte), *(ir.Constant(word, n) for n in (0, 3, 1))])
        return context.get_dummy_value()

    return types.void(array, types.int64), code


near: Any = intrinsic(_near)
near_2: Any = intrinsic(_within(2))
near_3: Any = intrinsic(_within(3))
near_96: Any = intrinsic(_near_96)
ones: Any = intrinsic(_ones)
lowest: Any = intrinsic(_lowest)
put: Any = intrinsic(_put)
fetch: Any = intrinsic(_fetch)


@kernel
def passing(sketches: Any, at: int, word: Any, most: Any) -> Any:
    """`near`, by the shortest way for the two numbers that radius 31 asks for."""
    if most == 2:
        return near_2(sketches, at, word)
    if most == 3:
        return near_3(sketches, at, word)
    return near(sketches, at, word, most)
