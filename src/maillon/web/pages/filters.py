"""Saved filters of the queue: save one, share it, remove it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from maillon.hotline.analysis import filters
from maillon.web import wanted
from maillon.web.guard import SignedRequest
from maillon.web.pages.queue import to_queue


def save(request: SignedRequest) -> HttpResponse:
    """Keep the filter that is shown under a name; one's own of that name is replaced."""
    asked = wanted.read(request.POST)
    name = request.POST.get("name", "").strip()
    if not name or len(name) > filters.LONGEST:
        messages.warning(request, _("Give the filter a name."))
    else:
        shared = "shared" in request.POST
        filters.save_filter(name=name, wanted=asked, shared=shared, by=request.actor, at=request.at)
        messages.success(request, _("The filter “%(name)s” is kept.") % {"name": name})
    return to_queue(asked)


def share(request: SignedRequest, id: UUID) -> HttpResponse:
    """Let everybody use one's own filter, or nobody else any more."""
    shared = request.POST.get("shared") == "yes"
    filters.share_filter(id=id, shared=shared, by=request.actor, at=request.at)
    messages.success(request, _("Everybody sees the filter now.") if shared else _("Only you see the filter now."))
    return redirect("queue")


def remove(request: SignedRequest, id: UUID) -> HttpResponse:
    """Remove one's own filter."""
    filters.remove_filter(id=id, by=request.actor, at=request.at)
    messages.success(request, _("The filter is removed."))
    return redirect("queue")
