from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "maillon.directory"
    label = "directory"
