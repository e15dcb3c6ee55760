"""How kernels are compiled, and what numba lacks: 32 sketches compared at once, bits counted, lines fetched ahead."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 32
F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compiled at the first call and kept on disk; other threads go on meanwhile, and indexes are not checked."""
    return cast(F, njit(cache=True, nogil=True, boundscheck=False)(function))


def _address(context: Any, builder: Any, signature: Any, value: Any, index: Any) -> Any:
    array = context.make_array(signature)(context, builder, value=value)
    return cgutils.gep_inbounds(builder, array.data, index)


def _near(typing: Any, array: Any, at: Any, word: Any, most: Any) -> Any:
    """Of the 32 entries of a uint16 array from `at` on: one bit for each that differs from `word` in at most `most`."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        lane = ir.IntType(16)
        vector = ir.VectorType(lane, LANES)
        place = _address(context, builder, signature.args[0], args[0], args[1])
        loaded = builder.load(builder.bitcast(place, vector.as_pointer()), align=2)

        def spread(value: Any) -> Any:
            one = builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
            zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
            return builder.shuffle_vector(one, ir.Constant(vector, ir.Undefined), zeros)

        differing = builder.xor(loaded, spread(args[2]))
        counting = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(vector, [vector]), f"llvm.ctpop.v{LANES}i16"
        )
        counted = builder.call(counting, [differing])
        passing = builder.icmp_unsigned("<=", counted, spread(args[3]))
        return builder.bitcast(passing, ir.IntType(LANES))

    return types.uint32(array, types.int64, types.uint16, types.uint16), code


def _ones(typing: Any, word: Any) -> Any:
    """How many bits of a uint64 are set."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.ctpop(args[0])

    return types.uint64(types.uint64), code


def _lowest(typing: Any, word: Any) -> Any:
    """The place of the lowest set bit of a uint32 that is not 0."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.uint32(types.uint32), code


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
ones: Any = intrinsic(_ones)
lowest: Any = intrinsic(_lowest)
fetch: Any = intrinsic(_fetch)
