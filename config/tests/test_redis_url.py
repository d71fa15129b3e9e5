import ssl

import pytest

from config.environment.redis_url import parse_redis_url


class TestParseRedisUrl:
    @pytest.mark.parametrize(
        ("value", "url"),
        [
            ("redis://redis", "redis://redis:6379/0"),
            ("redis://redis:6379", "redis://redis:6379/0"),
            ("redis://redis:6379/", "redis://redis:6379/0"),
            ("redis://redis:6379/7", "redis://redis:6379/7"),
            ("redis://redis:6379?db=3", "redis://redis:6379/3"),
            ("redis://redis:6379/?db=3", "redis://redis:6379/3"),
            ("redis://redis:6379/3?db=3", "redis://redis:6379/3"),
            ("redis://:word@redis", "redis://:word@redis:6379/0"),
            ("redis://ann:p%40s%3As%2F@redis", "redis://ann:p%40s%3As%2F@redis:6379/0"),
            ("redis://ann:p:w@redis", "redis://ann:p%3Aw@redis:6379/0"),
            ("redis://[::1]:6380/1", "redis://[::1]:6380/1"),
            ("redis://my_redis/1", "redis://my_redis:6379/1"),
            ("rediss://redis.example.com:6380/15", "rediss://redis.example.com:6380/15"),
        ],
    )
    def test_returns_one_form_for_every_client(self, value, url):
        assert parse_redis_url(value).url == url

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            ("redis", "must look like"),
            ("http://redis:6379/0", "must look like"),
            ("redis:///0", "must look like"),
            ("unix:///run/redis.sock", "must look like"),
            ("redis+socket:///run/redis.sock", "must look like"),
            ("sentinel://redis:26379/0", "must look like"),
            ("redis://redis:6379/queue", "must look like"),
            ("redis://redis:6379/-1", "must look like"),
            ("redis://redis:6379/٣", "must look like"),
            ("redis://redis:port/0", "must look like"),
            ("redis://redis:99999/0", "must look like"),
            ("redis://redis:0/0", "must look like"),
            ("redis://[::1/0", "must look like"),
            ("redis://:wo#rd@redis/0", "must look like"),
            ("redis://a,b:6379/0", "must look like"),
            ("redis://redis/5?socket_timeout=5", "parameters socket_timeout: known are db"),
            ("redis://redis/5?b=1&a=2", "parameters a, b: known"),
            ("redis://redis/1?db=2", "not both /1 and db=2"),
            ("redis://redis?db=two", "whole number as db"),
            ("redis://redis?ssl_cert_reqs=none", "must begin with rediss://"),
            ("rediss://redis?ssl_cert_reqs=optional", "required or none"),
            ("rediss://redis?ssl_check_hostname=maybe", "true or false"),
            ("rediss://redis?ssl_ca_certs=/no/such/file", "readable file as ssl_ca_certs"),
        ],
    )
    def test_rejects_urls_that_some_client_misunderstands(self, value, reason):
        with pytest.raises(ValueError, match=reason):
            parse_redis_url(value)

    def test_verifies_certificates(self):
        tls = parse_redis_url("rediss://redis").tls

        assert tls == {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": True}

    @pytest.mark.parametrize("value", ["none", "CERT_NONE"])
    def test_verifies_none_if_that_is_requested(self, value):
        tls = parse_redis_url(f"rediss://redis?ssl_cert_reqs={value}").tls

        assert tls == {"ssl_cert_reqs": ssl.CERT_NONE, "ssl_check_hostname": False}

    def test_accepts_a_file_of_authorities(self, tmp_path):
        authority = tmp_path / "ca.pem"
        authority.touch()

        tls = parse_redis_url(f"rediss://redis?ssl_ca_certs={authority}").tls

        assert tls["ssl_ca_certs"] == str(authority)

    def test_has_no_tls_options_without_tls(self):
        assert parse_redis_url("redis://redis").tls == {}
