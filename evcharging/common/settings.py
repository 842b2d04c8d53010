"""What all groups of settings share. Knows no setting."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """They read the environment and `.env`, and are fixed once read."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)
