"""Imports in the API: files are sent, a worker imports them, and what was refused can be read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import IO, Any, NoReturn
from uuid import UUID

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.parsers import DataAndFiles, MultiPartParser
from rest_framework.response import Response

from common import clock
from common.api.errors import ApiError, ErrorSerializer
from common.api.pagination import Page, page_of
from common.api.requests import KEY
from common.idempotency import Answer, once
from common.models import Job, Workspace
from corpus import payloads, queries, serializers
from corpus.actions.imports import check_request
from corpus.actions.requests import ImportRefusedError, ImportRequest
from corpus.actions.uploads import SentFile, TooManyImportsError, request_import, sent_file
from corpus.bounds import MIB, MOST_UNFINISHED
from corpus.models import Import, ReportedRow
from people.api import ApiRequest, ApiView
from people.scopes import Scope

REFUSED = {400: ErrorSerializer, 401: ErrorSerializer, 403: ErrorSerializer, 404: ErrorSerializer}
EXAMPLE = OpenApiExample(
    "Machine translations into Swahili",
    request_only=True,
    media_type="multipart/form-data",
    value={
        "kind": "translations", "benchmark": "mmlu", "language": "sw", "system": "nllb-200", "origin": "machine",
        "mapping": '{"question_sw": "question"}', "licence": "Apache-2.0", "files": ["sw.test.jsonl.gz"],
    },
)  # fmt: skip
# What the parts of a multipart body may take beside the files.
OVERHEAD = MIB


class UploadParser(MultiPartParser):
    """Multipart; files are spooled to disk as they come."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> DataAndFiles:
        """This function will return the parts; `ApiError` for too many, or too long ones beside the files."""
        try:
            return super().parse(stream, media_type, parser_context)
        except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent) as error:
            told = "The options are too long, or there are too many parts."
            cure = "Send the options that the schema names, once each, and fewer files."
            raise ApiError(413, "too_many_parts", told, cure=cure) from error


class Imports(ApiView):
    """The imports of the workspaces that you manage."""

    scopes = {"GET": Scope.IMPORTS_READ, "POST": Scope.IMPORTS_WRITE}
    parser_classes = [UploadParser]

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """This function will refuse a body that is too long before anything reads it."""
        if (said := request.META.get("CONTENT_LENGTH")) and said.isdigit():
            _check_length(int(said) - OVERHEAD)
        super().initial(request, *args, **kwargs)

    @extend_schema(
        operation_id="imports_list",
        parameters=Page.parameters(),
        responses={200: page_of(serializers.ImportShape), **REFUSED},
    )
    def get(self, request: ApiRequest) -> Response:
        """This function will answer a page of imports that were sent here, newest first."""
        _check_manages_any(request)
        found = queries.uploads(request.contributor)
        return Page().answer(found, request, self, lambda job: payloads.upload(request, job))

    @extend_schema(
        operation_id="imports_create",
        request={"multipart/form-data": serializers.ImportRequest},
        parameters=[KEY],
        examples=[EXAMPLE],
        responses={
            202: serializers.ImportShape,
            409: ErrorSerializer, 413: ErrorSerializer, 415: ErrorSerializer, 429: ErrorSerializer,
            503: ErrorSerializer, **REFUSED,
        },
    )  # fmt: skip
    def post(self, request: ApiRequest) -> Response:
        """This function will keep the files and ask a worker to import them; `Location` tells how far it is."""
        _check_manages_any(request)
        workspace, options, files = _read(request)
        sent = {"workspace": workspace.slug, **options, "files": [file.described() for file in files]}

        def do() -> Answer:
            try:
                job = request_import(
                    options=options, files=files, workspace=workspace, by=request.contributor, now=clock.now()
                )
            except TooManyImportsError as error:
                told = f"{workspace.slug} has {MOST_UNFINISHED} imports that have not ended."
                cure = "Wait until one has ended; the list of imports shows how far they are."
                raise ApiError(429, "too_many_imports", told, cure=cure) from error
            return Answer(202, payloads.upload(request, job))

        key = request.headers.get("Idempotency-Key")
        answer = once(key=key, route="import", sent=sent, by=request.contributor.pk, now=clock.now(), do=do)
        headers = {"Location": answer.body["url"]}
        if answer.replayed:
            headers["Idempotency-Replayed"] = "true"
        return Response(answer.body, status=answer.status, headers=headers)


class ImportDetail(ApiView):
    """One import."""

    scopes = {"GET": Scope.IMPORTS_READ}

    @extend_schema(operation_id="imports_get", responses={200: serializers.ImportDetail, **REFUSED})
    def get(self, request: ApiRequest, public_id: UUID) -> Response:
        """This function will answer how far an import is, and what came of it."""
        return Response(payloads.upload_detail(request, _job(request, public_id)))


class ImportErrors(ApiView):
    """The rows of an import that were not taken."""

    scopes = {"GET": Scope.IMPORTS_READ}

    @extend_schema(
        operation_id="imports_errors",
        parameters=[
            *Page.parameters(),
            OpenApiParameter("what", str, enum=ReportedRow.What.values, description="Of these rows alone."),
        ],
        responses={200: page_of(serializers.RowShape), **REFUSED},
    )
    def get(self, request: ApiRequest, public_id: UUID) -> Response:
        """This function will answer a page of refused and changed rows, in the order of the files."""
        rows = queries.reported_rows(_job(request, public_id), _what(request))
        return RowPage().answer(rows, request, self, payloads.reported_row)


class ImportErrorFile(ApiView):
    """The same rows as a file."""

    scopes = {"GET": Scope.IMPORTS_READ}

    @extend_schema(
        operation_id="imports_error_file",
        responses={(200, "application/x-ndjson"): OpenApiTypes.BINARY, **REFUSED},
    )
    def get(self, request: ApiRequest, public_id: UUID) -> HttpResponseBase:
        """This function will send the refused and changed rows as JSONL, one object a line."""
        rows = queries.reported_rows(_job(request, public_id))
        name = f'attachment; filename="import-{public_id}-errors.jsonl"'
        return StreamingHttpResponse(
            _lines(rows.iterator()),
            content_type="application/x-ndjson",
            headers={"Content-Disposition": name},
        )


class RowPage(Page):
    """A page in the order of the files."""

    ordering = "pk"


def _lines(rows: Iterator[ReportedRow]) -> Iterator[str]:
    for row in rows:
        yield json.dumps(payloads.reported_row(row), ensure_ascii=False) + "\n"


def _what(request: ApiRequest) -> str:
    what = request.query_params.get("what", "")
    if what not in ("", *ReportedRow.What.values):
        cure = f"Send one of {', '.join(ReportedRow.What.values)}, or leave it out."
        raise ApiError(400, "what_invalid", f"what is {what[:40]!r}.", field="what", cure=cure)
    return what


def _job(request: ApiRequest, public_id: UUID) -> Job:
    job = queries.upload(request.contributor, public_id)
    if job is None:
        raise NotFound
    return job


def _check_manages_any(request: ApiRequest) -> None:
    if not queries.manages_any(request.contributor):
        raise NotFound


def _read(request: ApiRequest) -> tuple[Workspace, dict[str, Any], list[SentFile]]:
    reader = serializers.ImportRequest(data=request.data)
    reader.is_valid(raise_exception=True)
    told: dict[str, Any] = dict(reader.validated_data)
    workspace = _workspace(request, told.pop("workspace"))
    sent = told.pop("files")
    _check_length(sum(file.size for file in sent))
    options = {**told, "item_type": told.pop("type"), "url": told.pop("source_url")}
    options = {name: value for name, value in options.items() if name not in ("type", "source_url")}
    try:
        check_request(ImportRequest(**{**options, "kind": Import.Kind(options["kind"])}, files=()))
    except ImportRefusedError as error:
        _refuse(error)
    return workspace, options, [sent_file(file.name, file) for file in sent]


def _refuse(error: ImportRefusedError) -> NoReturn:
    cure = error.cure or "Send other options."
    raise ApiError(400, "import_refused", error.message, cure=cure) from error


def _workspace(request: ApiRequest, slug: str) -> Workspace:
    found = queries.managed_workspace(request.contributor, slug)
    if found is not None:
        return found
    if slug:
        raise NotFound
    told = "You manage several workspaces."
    raise ApiError(400, "workspace_missing", told, field="workspace", cure="Name one of them.")


def _check_length(length: int) -> None:
    most = settings.UPLOAD_MAX_BYTES
    if length > most:
        told = f"The files have {length:,} bytes together; {most:,} are the most."
        raise ApiError(413, "files_too_long", told, cure="Compress them (.gz), or send them one by one.")
