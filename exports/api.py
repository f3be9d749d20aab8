"""Releases in the API: made by a job, listed, and their files sent whole or in part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.response import Response

from annotation.models import Campaign
from common import clock
from common.api.errors import ApiError, ErrorSerializer
from common.api.pagination import Page, page_of
from common.api.requests import KEY, read
from common.idempotency import Answer, once
from common.models import Job
from exports import orders, payloads, queries, sending, serializers
from exports.errors import ReleaseError, VersionTakenError
from exports.models import Release
from people.api import ApiRequest, ApiView
from people.scopes import Scope

REFUSED = {400: ErrorSerializer, 401: ErrorSerializer, 403: ErrorSerializer, 404: ErrorSerializer}
PAGE = page_of(serializers.ReleaseShape)
EXAMPLE = OpenApiExample(
    "All three formats", request_only=True,
    value={"version": "1.0", "formats": ["parquet", "jsonl", "csv"], "allow_open": False},
)  # fmt: skip
RETRY_SECONDS = 5


class ReleasesOfCampaign(ApiView):
    """The releases of a campaign that you manage."""

    scopes = {"GET": Scope.RELEASES_READ, "POST": Scope.RELEASES_WRITE}

    @extend_schema(
        operation_id="campaign_releases_list",
        parameters=Page.parameters(),
        responses={200: PAGE, **REFUSED},
    )
    def get(self, request: ApiRequest, slug: str) -> Response:
        """This function will answer a page of a campaign's releases, newest first."""
        found = queries.releases_for(request.contributor).filter(campaign=_campaign(request, slug))
        return Page().answer(found, request, self, lambda row: payloads.release(request, row))

    @extend_schema(
        operation_id="releases_make",
        request=serializers.ReleaseRequest,
        parameters=[KEY],
        examples=[EXAMPLE],
        responses={202: serializers.JobShape, 409: ErrorSerializer, **REFUSED},
    )
    def post(self, request: ApiRequest, slug: str) -> Response:
        """This function will ask for a release; what only the rows tell against it is the job's error."""
        campaign = _campaign(request, slug)
        told = read(serializers.ReleaseRequest, request)
        order = {
            "version": told["version"],
            "formats": told["formats"],
            "allow_open": told["allow_open"],
        }

        def do() -> Job:
            return orders.order_release(campaign=campaign, by=request.contributor, now=clock.now(), **order)

        return _ordered_once(request, "release", {"campaign": slug, **order}, do)


class Releases(ApiView):
    """The releases of the workspaces you manage."""

    scopes = {"GET": Scope.RELEASES_READ}

    @extend_schema(
        operation_id="releases_list",
        parameters=Page.parameters(),
        responses={200: PAGE, **REFUSED},
    )
    def get(self, request: ApiRequest) -> Response:
        """This function will answer a page of releases, newest first."""
        found = queries.releases_for(request.contributor)
        return Page().answer(found, request, self, lambda row: payloads.release(request, row))


class ReleaseDetail(ApiView):
    """One release."""

    scopes = {"GET": Scope.RELEASES_READ}

    @extend_schema(operation_id="releases_get", responses={200: serializers.ReleaseDetail, **REFUSED})
    def get(self, request: ApiRequest, public_id: UUID) -> Response:
        """This function will answer what is in a release, by which rules, and its files."""
        return Response(payloads.release_detail(request, _release(request, public_id)))


class ReleaseFiles(ApiView):
    """The files of a release."""

    scopes = {"POST": Scope.RELEASES_WRITE}

    @extend_schema(
        operation_id="releases_render",
        request=serializers.FilesRequest,
        parameters=[KEY],
        responses={202: serializers.JobShape, 409: ErrorSerializer, **REFUSED},
    )
    def post(self, request: ApiRequest, public_id: UUID) -> Response:
        """This function will ask for a release's files in more formats, or again where some are gone."""
        release = _release(request, public_id)
        formats = read(serializers.FilesRequest, request)["formats"]

        def do() -> Job:
            return orders.order_files(
                release=release, formats=formats, by=request.contributor, now=clock.now()
            )

        return _ordered_once(request, "release files", {"release": str(public_id), "formats": formats}, do)


class ReleaseJob(ApiView):
    """Work on a release."""

    scopes = {"GET": Scope.RELEASES_READ}

    @extend_schema(operation_id="release_jobs_get", responses={200: serializers.JobShape, **REFUSED})
    def get(self, request: ApiRequest, public_id: UUID) -> Response:
        """This function will answer how far a job is, or why it failed."""
        row = queries.jobs_for(request.contributor).filter(public_id=public_id).first()
        if row is None:
            raise NotFound
        return Response(payloads.job(request, row))


class AnyAccept(BaseContentNegotiation):
    """A file has one type, whatever a client says it likes; only errors are JSON."""

    def select_parser(self, _request: Any, parsers: Any) -> Any:
        """This function will return the first parser: nothing is sent here."""
        return parsers[0]

    def select_renderer(self, _request: Any, renderers: Any, _suffix: Any = None) -> Any:
        """This function will return the renderer of errors."""
        return renderers[0], renderers[0].media_type


class ReleaseFileContent(ApiView):
    """The bytes of one file."""

    scopes = {"GET": Scope.RELEASES_READ}
    content_negotiation_class = AnyAccept
    # Options of this method would be asked for with the file's own headers.
    http_method_names: ClassVar[list[str]] = ["get", "head", "options"]  # type: ignore[misc]

    @extend_schema(
        operation_id="releases_file",
        parameters=[
            OpenApiParameter("Range", str, OpenApiParameter.HEADER, description="bytes=0-1023; one range."),
            OpenApiParameter("If-Range", str, OpenApiParameter.HEADER, description="The ETag."),
            OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="The ETag."),
        ],
        responses={
            200: OpenApiResponse(OpenApiTypes.BINARY, "The file; its ETag is its sha256."),
            206: OpenApiResponse(OpenApiTypes.BINARY, "The bytes asked for."),
            304: OpenApiResponse(description="The file is the one you have."),
            412: OpenApiResponse(description="The file is not the one of If-Match."),
            416: ErrorSerializer,
            503: ErrorSerializer,
            **REFUSED,
        },
    )
    def get(self, request: ApiRequest, public_id: UUID, path: str) -> HttpResponseBase:
        """This function will send a file of a release, whole or one range of it."""
        release = _release(request, public_id)
        file = sending.file_of(release, path)
        if file is None:
            raise NotFound
        try:
            return sending.answer(request._request, release, file)
        except sending.BehindTheEndError as error:
            headers = {"Content-Range": f"bytes */{error.size}", "Accept-Ranges": "bytes"}
            return Response(error.body, status=416, headers=headers)
        except FileNotFoundError:
            return _not_there_yet(request, release)

    def head(self, request: ApiRequest, public_id: UUID, path: str) -> HttpResponseBase:
        """This function will answer as GET does, without the bytes."""
        return self.get(request, public_id, path)


def _not_there_yet(request: ApiRequest, release: Release) -> Response:
    """The rows are the truth: files that the storage lost are rendered again, and checked by their hashes."""
    job = orders.order_lost_files(release=release, by=request.contributor, now=clock.now())
    error = job.error or ApiError(
        503, "file_not_ready", "The file is being written anew from the release's rows.",
        cure="Send the request again in as many seconds as Retry-After says.",
    ).body  # fmt: skip
    return Response(error, status=503, headers={"Retry-After": str(RETRY_SECONDS)})


def _campaign(request: ApiRequest, slug: str) -> Campaign:
    found = queries.managed_campaigns(request.contributor).filter(slug=slug).first()
    if found is None:
        raise NotFound
    return found


def _release(request: ApiRequest, public_id: UUID) -> Release:
    try:
        return queries.release_for(request.contributor, public_id)
    except Release.DoesNotExist as error:
        raise NotFound from error


def _ordered_once(request: ApiRequest, route: str, sent: dict[str, Any], do: Callable[[], Job]) -> Response:
    """A release asked for twice with one key is one job."""

    def order() -> Answer:
        try:
            return Answer(202, payloads.job(request, do()))
        except ReleaseError as error:
            status = 409 if isinstance(error, VersionTakenError) else 400
            raise ApiError(status, error.code, str(error), cure=error.cure, field="version") from error

    key = request.headers.get("Idempotency-Key")
    answer = once(key=key, route=route, sent=sent, by=request.contributor.pk, now=clock.now(), do=order)
    headers = {"Idempotency-Replayed": "true"} if answer.replayed else {}
    return Response(answer.body, status=answer.status, headers=headers)
