"""Sixty-four bytes at once: what the kernels ask of the processor's vectors.

Numba has no vectors, and LLVM finds none in loops that answer with bits. So these few functions
are written in LLVM's own intermediate representation: loads, compares and selects of <64 x i8>
and bits out of the compares. Nothing in them names a processor: LLVM makes AVX-512, AVX2, SSE2 or
NEON of it, whatever the host has (numba keeps cached code apart by processor).

Where they answer with a mask (uint64), bit k is byte k. They check no bounds: the caller sees to it
that 64 bytes stand where a block is read or written. All indices are uint64.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core.typing.templates import Signature
from numba.extending import intrinsic
from numba.np import arrayobj

WIDTH = 64
"""Bytes of a block."""

_BYTE, _WORD = ir.IntType(8), ir.IntType(64)
_BLOCK = ir.VectorType(_BYTE, WIDTH)


def _all(value: int) -> ir.Constant:
    """A block of one byte value."""
    return ir.Constant(_BLOCK, [ir.Constant(_BYTE, value)] * WIDTH)


def _pointer(context: Any, builder: Any, array: Any, value: Any, index: Any, pointee: Any) -> Any:
    """Where element `index` of an array of bytes stands, as a pointer to `pointee`."""
    data = arrayobj.make_array(array)(context, builder, value=value).data
    return builder.bitcast(builder.gep(data, [index]), pointee.as_pointer())


def _read(context: Any, builder: Any, array: Any, value: Any, index: Any, pointee: Any) -> Any:
    at = _pointer(context, builder, array, value, index, pointee)
    return builder.load(at, align=1)


def _mask(builder: Any, bits: Any) -> Any:
    return builder.bitcast(bits, _WORD)


def _within(builder: Any, block: Any, first: int, last: int) -> Any:
    """Which bytes are one of `first` to `last`: one subtraction and one comparison."""
    return builder.icmp_unsigned("<=", builder.sub(block, _all(first)), _all(last - first))


def _masks(context: Any, builder: Any, signature: Signature, masks: list[Any]) -> Any:
    return context.make_tuple(builder, signature.return_type, masks)


@intrinsic  # type: ignore[untyped-decorator]
def popcount(typing: Any, value: Any) -> Any:
    """How many bits of an integer are set."""

    def generate(_context: Any, builder: Any, _signature: Signature, args: Any) -> Any:
        return builder.ctpop(args[0])

    return value(value), generate


@intrinsic  # type: ignore[untyped-decorator]
def choose(typing: Any, condition: Any, yes: Any, no: Any) -> Any:
    """``yes if condition else no`` without a branch, for conditions that nothing foretells.

    LLVM would rather have one: it takes most selects of computed values for easy to guess.
    """

    def generate(_context: Any, builder: Any, _signature: Signature, args: Any) -> Any:
        chosen = builder.select(*args)
        chosen.set_metadata("unpredictable", builder.module.add_metadata([]))
        return chosen

    return yes(types.boolean, yes, yes), generate


def _loader(bits: int, kind: Any) -> Any:
    def typed(_typing: Any, data: Any, index: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Signature, args: Any) -> Any:
            word = _read(context, builder, signature.args[0], args[0], args[1], ir.IntType(bits))
            return builder.zext(word, _WORD) if bits < WIDTH else word

        return kind(data, index), generate

    return typed


@intrinsic  # type: ignore[untyped-decorator]
def load16(typing: Any, data: Any, index: Any) -> Any:
    """Two bytes, the first lowest, as a uint64."""
    return _loader(16, types.uint64)(typing, data, index)


@intrinsic  # type: ignore[untyped-decorator]
def load32(typing: Any, data: Any, index: Any) -> Any:
    """Four bytes, the first lowest, as a uint64."""
    return _loader(32, types.uint64)(typing, data, index)


@intrinsic  # type: ignore[untyped-decorator]
def load64(typing: Any, data: Any, index: Any) -> Any:
    """Eight bytes, the first lowest, as a uint64."""
    return _loader(64, types.uint64)(typing, data, index)


@intrinsic  # type: ignore[untyped-decorator]
def store16(typing: Any, data: Any, index: Any, value: Any) -> Any:
    """Write the two lowest bytes of a uint64, the lowest first."""

    def generate(context: Any, builder: Any, signature: Signature, args: Any) -> Any:
        half = ir.IntType(16)
        at = _pointer(context, builder, signature.args[0], args[0], args[1], half)
        builder.store(builder.trunc(args[2], half), at, align=1)
        return context.get_dummy_value()

    return types.void(data, index, value), generate


@intrinsic  # type: ignore[untyped-decorator]
def fold_ascii(
    typing: Any,
    source: Any,
    i: Any,
    folded: Any,
    kinds: Any,
    j: Any,
    special: Any,
    other_special: Any,
) -> Any:
    """Copy the block at ``source[i]`` to ``folded[j]`` with A to Z made small, zero ``kinds[j]``.

    Returns ten masks: ASCII letters and digits, A to Z, ASCII white space and controls,
    apostrophes, hyphens, bytes equal to one of two special ones (uint8), bytes that are not ASCII,
    those that continue a UTF-8 sequence, those that begin one of three bytes or more, and of four.
    """

    def generate(context: Any, builder: Any, signature: Signature, args: Any) -> Any:
        source_type, _, folded_type, kinds_type = signature.args[:4]
        block = _read(context, builder, source_type, args[0], args[1], _BLOCK)

        def equal(byte: Any) -> Any:
            one = builder.insert_element(ir.Constant(_BLOCK, ir.Undefined), byte, _LANE)
            every = builder.shuffle_vector(one, one, _FIRST)
            return builder.icmp_unsigned("==", block, every)

        upper = _within(builder, block, ord("A"), ord("Z"))
        small = builder.select(upper, builder.or_(block, _all(0x20)), block)
        letters = _within(builder, small, ord("a"), ord("z"))
        digits = _within(builder, block, ord("0"), ord("9"))
        controls = builder.icmp_unsigned("<=", block, _all(0x20))
        spaces = builder.or_(controls, builder.icmp_unsigned("==", block, _all(0x7F)))
        masks = [
            builder.or_(letters, digits),
            upper,
            spaces,
            builder.icmp_unsigned("==", block, _all(ord("'"))),
            builder.icmp_unsigned("==", block, _all(ord("-"))),
            builder.or_(equal(args[5]), equal(args[6])),
            builder.icmp_signed("<", block, _all(0)),
            builder.icmp_signed("<", block, _all(0xC0)),
            builder.icmp_unsigned(">=", block, _all(0xE0)),
            builder.icmp_unsigned(">=", block, _all(0xF0)),
        ]
        at = _pointer(context, builder, folded_type, args[2], args[4], _BLOCK)
        builder.store(small, at, align=1)
        at = _pointer(context, builder, kinds_type, args[3], args[4], _BLOCK)
        builder.store(_all(0), at, align=1)
        words = [_mask(builder, bits) for bits in masks]
        return _masks(context, builder, signature, words)

    answer = types.UniTuple(types.uint64, 10)
    return answer(source, i, folded, kinds, j, special, other_special), generate


_LANE = ir.Constant(ir.IntType(32), 0)
_FIRST = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [_LANE] * WIDTH)


@intrinsic  # type: ignore[untyped-decorator]
def bit_masks(typing: Any, data: Any, i: Any) -> Any:
    """Eight masks of the block at ``data[i]``: which bytes have bit 0 set, which bit 1, ... 7."""

    def generate(context: Any, builder: Any, signature: Signature, args: Any) -> Any:
        block = _read(context, builder, signature.args[0], args[0], args[1], _BLOCK)
        masks = []
        for bit in range(8):
            chosen = builder.and_(block, _all(1 << bit))
            masks.append(_mask(builder, builder.icmp_unsigned("!=", chosen, _all(0))))
        return _masks(context, builder, signature, masks)

    return types.UniTuple(types.uint64, 8)(data, i), generate


@intrinsic  # type: ignore[untyped-decorator]
def spread(typing: Any, data: Any, i: Any, mask0: Any, mask1: Any, mask2: Any, mask3: Any) -> Any:
    """Write four masks to the block at ``data[i]``, as bits 0 to 3 of its bytes."""

    def generate(context: Any, builder: Any, signature: Signature, args: Any) -> Any:
        block = _all(0)
        for bit, mask in enumerate(args[2:]):
            bits = builder.bitcast(mask, ir.VectorType(ir.IntType(1), WIDTH))
            block = builder.or_(block, builder.select(bits, _all(1 << bit), _all(0)))
        at = _pointer(context, builder, signature.args[0], args[0], args[1], _BLOCK)
        builder.store(block, at, align=1)
        return context.get_dummy_value()

    return types.void(data, i, mask0, mask1, mask2, mask3), generate


@intrinsic  # type: ignore[untyped-decorator]
def repeats(typing: Any, data: Any, i: Any) -> Any:
    """Mask of the bytes of the block at ``data[i]`` that equal the byte before them."""

    def generate(context: Any, builder: Any, signature: Signature, args: Any) -> Any:
        block = _read(context, builder, signature.args[0], args[0], args[1], _BLOCK)
        before = builder.sub(args[1], ir.Constant(_WORD, 1))
        shifted = _read(context, builder, signature.args[0], args[0], before, _BLOCK)
        return _mask(builder, builder.icmp_unsigned("==", block, shifted))

    return types.uint64(data, i), generate


@intrinsic  # type: ignore[untyped-decorator]
def continuing(typing: Any, data: Any, i: Any) -> Any:
    """Mask of the bytes of the block at ``data[i]`` that continue a UTF-8 sequence."""

    def generate(context: Any, builder: Any, signature: Signature, args: Any) -> Any:
        block = _read(context, builder, signature.args[0], args[0], args[1], _BLOCK)
        return _mask(builder, builder.icmp_signed("<", block, _all(0xC0)))

    return types.uint64(data, i), generate


@intrinsic  # type: ignore[untyped-decorator]
def equals(typing: Any, data: Any, i: Any, byte: Any) -> Any:
    """Mask of the bytes of the block at ``data[i]`` that are `byte` (a literal)."""
    if not isinstance(byte, types.IntegerLiteral):
        return None
    literal = byte.literal_value

    def generate(context: Any, builder: Any, signature: Signature, args: Any) -> Any:
        block = _read(context, builder, signature.args[0], args[0], args[1], _BLOCK)
        return _mask(builder, builder.icmp_unsigned("==", block, _all(literal)))

    return types.uint64(data, i, byte), generate


@intrinsic  # type: ignore[untyped-decorator]
def copy_quoted(typing: Any, source: Any, i: Any, copied: Any, j: Any) -> Any:
    """Copy the block at ``source[i]`` to ``copied[j]``; mask of quotes, backslashes and controls
    (below U+0020), which end or interrupt the content of a JSON string."""

    def generate(context: Any, builder: Any, signature: Signature, args: Any) -> Any:
        block = _read(context, builder, signature.args[0], args[0], args[1], _BLOCK)
        at = _pointer(context, builder, signature.args[2], args[2], args[3], _BLOCK)
        builder.store(block, at, align=1)
        controls = builder.icmp_unsigned("<", block, _all(0x20))
        quotes = builder.icmp_unsigned("==", block, _all(ord('"')))
        slashes = builder.icmp_unsigned("==", block, _all(ord("\\")))
        return _mask(builder, builder.or_(controls, builder.or_(quotes, slashes)))

    return types.uint64(source, i, copied, j), generate
