"""Pydantic models made from our own message types, to hold the faster codec to what Pydantic says of the same text."""

import re
from functools import reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from msgspec import NODEFAULT, Meta
from msgspec.structs import FieldInfo, fields
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, create_model

from evcharging.common.messages import Message
from evcharging.common.utils import Frozen
from evcharging.tests.laws.any_message import declared

STRICT = ConfigDict(strict=True, frozen=True, allow_inf_nan=False, regex_engine="python-re")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)", re.ASCII)


def _rfc3339(value: object) -> object:
    """Pydantic takes more for a moment than RFC 3339 does."""
    if not isinstance(value, str) or not RFC3339.fullmatch(value):
        raise ValueError("not an RFC 3339 moment")
    return value


MOMENT = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_rfc3339)]


def _mirrored(hint: Any) -> Any:
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return MOMENT if parts[1].tz else Annotated[_mirrored(parts[0]), _limits(parts[1])]
    if origin is tuple:
        items: Any = _mirrored(parts[0])
        return Annotated[tuple[items, ...], Field(strict=False)]
    if origin in (Union, UnionType):
        return reduce(or_, map(_mirrored, parts))
    if isinstance(hint, type) and issubclass(hint, Frozen):
        return model_of(hint)
    return hint


def _limits(meta: Meta) -> Any:
    return Field(
        gt=meta.gt,
        ge=meta.ge,
        le=meta.le,
        min_length=meta.min_length,
        max_length=meta.max_length,
        pattern=meta.pattern,
    )


def _default(field: FieldInfo) -> Any:
    return ... if field.default is NODEFAULT else field.default


def model_of(kind: type[Frozen], *, tagged: bool = False) -> type[BaseModel]:
    """The Pydantic model of a structure; where several kinds travel together each must name itself."""
    hints = declared(kind)
    columns: dict[str, Any] = {field.name: (_mirrored(hints[field.name]), _default(field)) for field in fields(kind)}
    if issubclass(kind, Message):
        name = kind.__name__
        columns["type"] = (Literal[name], ... if tagged else name)
    model: type[BaseModel] = create_model(kind.__name__, __config__=STRICT, **columns)
    return model


def mirror_of(kinds: tuple[type[Message], ...]) -> TypeAdapter[Any]:
    """What Pydantic makes of a group of messages that travel together."""
    if len(kinds) == 1:
        return TypeAdapter(model_of(kinds[0]))
    models: Any = reduce(or_, (model_of(kind, tagged=True) for kind in kinds))
    return TypeAdapter(Annotated[models, Field(discriminator="type")])
