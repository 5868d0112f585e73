"""Photos in S3, configured with `MEDIA_URL`: the real S3 protocol, spoken to a server of the test's own."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from instagram_clone.config import settings
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts, media, storage
from instagram_clone.domain.posts import post_cards, posts
from tests.conftest import file_of, picture, share
from tests.server import free_port

BUCKET = "photos"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """An empty bucket, set as MEDIA_URL."""
    address = f"http://127.0.0.1:{free_port()}"
    server = ThreadedMotoServer("127.0.0.1", port=int(address.rpartition(":")[2]), verbose=False)
    server.start()
    for name, value in (
        ("AWS_ENDPOINT", address),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("MEDIA_URL", f"s3://{BUCKET}"),
    ):
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=address, region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    settings.cache_clear()
    monkeypatch.setattr(storage, "_store", None)
    yield client
    settings.cache_clear()
    server.stop()


def stored(client) -> list[str]:
    return [row["Key"] for row in client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


async def test_a_photo_is_stored_in_the_bucket_and_removed_with_its_post(bucket, ana: Viewer) -> None:
    post_id = await share(ana, "In the cloud")
    photo = (await post_cards.show(ana, post_id)).photo
    assert stored(bucket) == [f"{photo.id[:2]}/{photo.id}/256"]
    assert (await media.access_file(None, photo.id, 640)).content[8:12] == b"WEBP"
    await posts.delete(ana, post_id)
    assert stored(bucket) == []
    with pytest.raises(NotFound):
        await media.access_file(None, photo.id, 640)


async def test_a_discarded_draft_leaves_nothing_in_the_bucket(bucket, ana: Viewer) -> None:
    draft = await drafts.store(ana, file_of(picture()))
    assert len(stored(bucket)) == 2
    await drafts.discard_draft(ana, draft.id)
    assert stored(bucket) == []
