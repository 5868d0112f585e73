"""Publishing, showing and deleting posts, and the photos behind them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pymongo.errors import PyMongoError

from instagram_clone.config import settings
from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.errors import Invalid, NotFound, Refused
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import avatars, drafts, imaging, media, storage
from instagram_clone.domain.media.events import PhotosDiscarded
from instagram_clone.domain.media.imaging import Crop
from instagram_clone.domain.people import profiles
from instagram_clone.domain.people.events import ProfileCounted
from instagram_clone.domain.posts import comments, feed, likes, post_cards, posts
from instagram_clone.domain.posts.events import PostDeleted, PostPublished
from tests.conftest import file_of, picture, share


def stored_files() -> list[Path]:
    return [path for path in (settings().data_dir / "media").rglob("*") if path.is_file()]


async def test_a_post_is_published_and_shown(ana: Viewer, published: list[events.Event]) -> None:
    post_id = await share(ana, "Hello @ben, see https://example.com/x. 🌿\n\n\n\nBye", alt=" A  wall ")
    card = await post_cards.show(None, post_id)
    assert "".join(piece.text for piece in card.caption) == (
        "Hello @ben, see https://example.com/x. 🌿\n\nBye"
    )
    links = [(piece.text, piece.href) for piece in card.caption if piece.href]
    assert links == [("@ben", "/ben"), ("https://example.com/x", "https://example.com/x")]
    assert (card.username, card.likes, card.comments, card.photo.alt) == ("ana", 0, 0, "A wall")
    assert (card.photo.width, card.photo.height, card.photo.widths) == (256, 320, [256])
    assert (await profiles.own_profile(ana)).posts == 1
    assert [type(event) for event in published] == [
        ProfileCounted,
        PhotosDiscarded,
        PostPublished,
    ]


@pytest.mark.parametrize("size", [(20, 20), (319, 200), (200, 319)])
async def test_a_photo_that_is_too_small_cannot_be_a_post_or_an_avatar(
    ana: Viewer, size: tuple[int, int]
) -> None:
    with pytest.raises(Invalid, match="at least 320 px"):
        await drafts.store(ana, file_of(picture(*size)))
    # A draft that was made for a message is no way around this.
    draft = await drafts.store(ana, file_of(picture(*size)), media.MESSAGE)
    with pytest.raises(Invalid, match="at least 320 px"):
        await posts.publish(ana, draft.id)
    with pytest.raises(Invalid, match="at least 320 px"):
        await avatars.set_avatar(ana, draft.id)
    assert (await feed.by_person(ana, ana.id)).posts == []
    # One side may be shorter.
    long = await drafts.store(ana, file_of(picture(320, 100)))
    assert await posts.publish(ana, long.id)


@pytest.mark.parametrize(
    ("size", "kept"), [((2000, 400), (764, 400)), ((400, 2000), (400, 500)), ((900, 600), (900, 600))]
)
async def test_a_panorama_is_stored_cropped_to_what_is_shown(
    ana: Viewer, size: tuple[int, int], kept: tuple[int, int]
) -> None:
    draft = await drafts.store(ana, file_of(picture(*size)))
    photo = (await post_cards.show(ana, await posts.publish(ana, draft.id))).photo
    assert (photo.width, photo.height) == kept


async def test_a_retry_with_the_same_key_shares_once(ana: Viewer) -> None:
    photos = [(await drafts.store(ana, file_of(picture()))).id for _ in range(2)]
    first = await posts.publish(ana, photos[0], key="k1")
    assert await posts.publish(ana, photos[0], key="k1") == first
    assert await posts.publish(ana, photos[1], key="k1") == first
    assert await db.posts.count_documents({}) == 1
    assert (await profiles.own_profile(ana)).posts == 1


async def test_concurrent_clicks_share_a_draft_once(ana: Viewer) -> None:
    draft = await drafts.store(ana, file_of(picture()))
    results = await asyncio.gather(
        *(posts.publish(ana, draft.id, key="k") for _ in range(4)), return_exceptions=True
    )
    assert await db.posts.count_documents({}) == 1
    assert any(isinstance(result, str) for result in results)


async def test_an_attempt_that_finds_its_draft_just_shared_returns_that_post(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await drafts.store(ana, file_of(picture()))
    cut, winners = drafts.cut, []

    async def cut_late(*given) -> media.Photo:
        monkeypatch.setattr(drafts, "cut", cut)
        winners.append(await posts.publish(ana, draft.id, key="k"))
        return await cut(*given)

    monkeypatch.setattr(drafts, "cut", cut_late)
    assert await posts.publish(ana, draft.id, key="k") == winners[0]


async def test_a_slower_attempt_with_another_crop_leaves_the_published_photo_as_it_is(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await drafts.store(ana, file_of(picture(1200, 800)))
    run, published = imaging.run, {}

    async def run_slowly(work, *given):
        done = await run(work, *given)
        if work is imaging.render and not published:
            published["id"] = ""
            published["id"] = await posts.publish(ana, draft.id)
            published["files"] = {path: path.read_bytes() for path in stored_files()}
        return done

    monkeypatch.setattr(imaging, "run", run_slowly)
    with pytest.raises(NotFound):
        await posts.publish(ana, draft.id, crop=Crop(0, 0, 0.5, 1))
    assert {path: path.read_bytes() for path in stored_files()} == published["files"]


async def test_nobody_can_share_someone_elses_draft(ana: Viewer, ben: Viewer) -> None:
    draft = await drafts.store(ana, file_of(picture()))
    with pytest.raises(NotFound):
        await posts.publish(ben, draft.id)
    assert await posts.publish(ana, draft.id)


async def test_a_caption_that_is_too_long_leaves_the_draft_to_try_again(ana: Viewer) -> None:
    draft = await drafts.store(ana, file_of(picture()))
    with pytest.raises(Invalid) as refusal:
        await posts.publish(ana, draft.id, "x" * 2201)
    assert refusal.value.field == "caption"
    assert await posts.publish(ana, draft.id, "x" * 2200)


async def test_a_draft_is_visible_to_its_owner_and_a_post_to_everyone(ana: Viewer, ben: Viewer) -> None:
    draft = await drafts.store(ana, file_of(picture()))
    assert await media.access_file(ana, draft.id, drafts.PREVIEW)
    for stranger in (ben, None):
        with pytest.raises(NotFound):
            await media.access_file(stranger, draft.id, drafts.PREVIEW)
    with pytest.raises(NotFound):
        await media.access_file(ana, draft.id, 0)  # nobody may fetch the master
    await posts.publish(ana, draft.id)
    assert await media.access_file(None, draft.id, 256)
    with pytest.raises(NotFound):
        await media.access_file(None, draft.id, drafts.PREVIEW)


async def test_a_failed_write_leaves_the_draft_to_try_again(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored_files()
    draft = await drafts.store(ana, file_of(picture()))
    assert len(stored_files()) == len(before) + 2

    class Broken:
        async def insert_one(self, row: dict, **_: object) -> None:
            raise PyMongoError("gone")

        def __getattr__(self, name: str) -> object:
            return getattr(db.__getattr__("posts"), name)

    monkeypatch.setattr(db, "posts", Broken(), raising=False)
    with pytest.raises(PyMongoError):
        await posts.publish(ana, draft.id)
    monkeypatch.undo()
    assert (await profiles.own_profile(ana)).posts == 0
    await posts.publish(ana, draft.id)
    assert len(stored_files()) == len(before) + 1


async def test_deleting_a_post_deletes_everything_that_belongs_to_it(
    ana: Viewer, ben: Viewer, published: list[events.Event]
) -> None:
    before = stored_files()
    post_id = await share(ana)
    await likes.like(ben, post_id)
    await comments.add(ben, post_id, "Nice")
    with pytest.raises(Refused):
        await posts.delete(ben, post_id)
    await posts.delete(ana, post_id)
    for name in ("posts", "likes", "comments", "media"):
        assert await db.__getattr__(name).count_documents({}) == 0, name
    assert stored_files() == before
    assert (await profiles.own_profile(ana)).posts == 0
    assert PostDeleted(post_id, ana.id) in published
    with pytest.raises(NotFound):
        await post_cards.show(ana, post_id)
    with pytest.raises(NotFound):
        await likes.like(ben, post_id)


@pytest.mark.parametrize("post_id", ["", "x", "0" * 24, "../../etc", "é" * 24])
async def test_an_unknown_or_invalid_id_is_not_found(ana: Viewer, post_id: str) -> None:
    with pytest.raises(NotFound):
        await post_cards.show(ana, post_id)


async def test_old_drafts_are_swept_and_posts_are_kept(ana: Viewer) -> None:
    before = stored_files()
    await drafts.store(ana, file_of(picture()))
    post_id = await share(ana)
    assert await drafts.sweep() == 0
    later = datetime.now(UTC) + timedelta(hours=25)
    assert await drafts.sweep(later) == 1
    card = await post_cards.show(ana, post_id)
    assert await media.access_file(None, card.photo.id, 256)
    assert len(stored_files()) == len(before) + 1


async def test_unused_cropped_files_are_swept_with_their_draft(ana: Viewer) -> None:
    before = stored_files()
    draft = await drafts.store(ana, file_of(picture()))
    await drafts.cut(ana, draft.id, media.POST, Crop())
    assert len(stored_files()) == len(before) + 3
    assert await drafts.sweep(datetime.now(UTC) + timedelta(hours=25)) == 1
    assert stored_files() == before


async def test_an_upload_interrupted_by_a_crash_is_swept(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: object) -> None:
        raise SystemExit

    before = stored_files()
    monkeypatch.setattr(storage, "put", crash)
    with pytest.raises(SystemExit):
        await drafts.store(ana, file_of(picture()))
    monkeypatch.undo()
    assert await db.media.count_documents({"use": media.UPLOADING}) == 1
    assert await drafts.sweep(datetime.now(UTC) + timedelta(hours=25)) == 1
    assert stored_files() == before and await db.media.count_documents({}) == 0


async def test_a_profile_photo_is_cut_square_and_replaces_the_old_one(ana: Viewer) -> None:
    before = len(stored_files())
    for colour in ("red", "blue"):
        draft = await drafts.store(ana, file_of(picture(400, 600, colour)))
        address = await avatars.set_avatar(ana, draft.id)
    profile = await profiles.own_profile(ana)
    assert profile.avatar == address
    assert len(stored_files()) == before + 2  # 320 and 400 pixels wide
    row = await db.media.find_one({})
    assert row is not None and (row["width"], row["height"]) == (400, 400)


async def test_recounting_fixes_wrong_counts(ana: Viewer, ben: Viewer) -> None:
    post_id = await share(ana)
    await likes.like(ben, post_id)
    await db.posts.update_one({}, {"$set": {"likes": 7, "comments": 3}})
    assert await posts.recount(db.oid(post_id)) == {"likes": -6, "comments": -3}
    assert await posts.recount(db.oid(post_id)) == {}
    card = await post_cards.show(ana, post_id)
    assert (card.likes, card.comments) == (1, 0)
