"""A quick look at a part of a source, told as what it is: what holds for the rows looked at is not proved for the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dataeng_ai.profile.facts import Sample

if TYPE_CHECKING:
    from dataeng_ai.profile.facts import Key, Profile
    from dataeng_ai.sources.sampled.part import Part


def of_part(profile: Profile, part: Part) -> Profile:
    """Return the profile of a part as that of a sample: sizes and the forecast are of the whole, estimated."""
    about = round((profile.rows + profile.rejects) / part.share)
    seen = f"a sample: about {part.share:.1%} of the bytes, in {part.blocks} block{'s' * (part.blocks != 1)}, always the same ones"
    proof = "types, keys, ends and counts are those of the rows looked at; without --quick all rows are"
    return replace(
        profile,
        files=part.of,
        bytes=part.bytes,
        keys=tuple(_unproved(key) for key in profile.keys),
        forecast=tuple((storage, round(size / part.share)) for storage, size in profile.forecast),
        warnings=(f"{seen}; {proof}", *profile.warnings),
        sample=Sample(about, round(part.share, 6), part.blocks),
    )


def _unproved(key: Key) -> Key:
    return replace(key, reason=f"in the sample: {key.reason}")
