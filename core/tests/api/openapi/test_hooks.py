import pytest

from core.api.openapi.hooks import page_order


class TestForbidUnknownProperties:
    def test_closes_the_schemas_of_bodies(self, schemas):
        for name, schema in schemas.items():
            if name.endswith(("Request", "Form")):
                assert schema["additionalProperties"] is False

    def test_accepts_read_only_fields_in_json(self, schemas):
        request = schemas["PatchedCategoryRequest"]["properties"]

        assert {name for name, value in request.items() if value.get("readOnly")} == {
            "id",
            "path",
            "product_count",
            "product_count_direct",
            "version",
            "created_at",
            "updated_at",
            "deleted_at",
        }


class TestListedSchemas:
    @pytest.mark.parametrize("model", ["Category", "Product"])
    def test_requires_no_field_but_id_and_slug(self, schemas, model):
        listed = schemas[f"Listed{model}"]

        assert listed["required"] == ["id", "slug"]
        assert listed["properties"] == schemas[model]["properties"]

    @pytest.mark.parametrize("model", ["Category", "Product"])
    def test_is_the_item_of_a_page(self, schemas, model):
        results = schemas[f"{model}Page"]["properties"]["results"]

        assert results["items"] == {"$ref": f"#/components/schemas/Listed{model}"}


class TestPageOrder:
    def test_sorts_the_list_first_and_the_restore_after_the_deletion(self):
        expected = [
            ("/api/products/", "GET"),
            ("/api/products/", "POST"),
            ("/api/products/{slug}/image/", "PUT"),
            ("/api/products/{slug}/", "PATCH"),
            ("/api/products/{slug}/", "DELETE"),
            ("/api/products/{slug}/restore/", "POST"),
        ]
        endpoints = [(path, "", method, None) for path, method in reversed(expected)]

        ordered = sorted(endpoints, key=page_order)

        assert [(path, method) for path, _, method, _ in ordered] == expected
