from core.api.openapi.extensions import query_parameter


class TestSerializerExtension:
    def test_requires_every_field_of_a_response(self, schemas):
        product = schemas["Product"]

        assert set(product["required"]) == set(product["properties"])

    def test_keeps_the_schemas_that_fields_supply(self, schemas):
        slug = schemas["ProductRequest"]["properties"]["slug"]

        assert slug["pattern"] == "^(?:[a-z0-9]+(?:-[a-z0-9]+)*)?$"
        assert "oneOf" not in slug

    def test_refers_to_itself_in_a_tree(self, schemas):
        branch = schemas["CategoryBranch"]

        assert branch["properties"]["children"]["items"] == {
            "$ref": "#/components/schemas/CategoryBranch"
        }


class TestQueryParameter:
    def test_has_one_value_with_commas_for_a_list(self):
        parameter = query_parameter("id", "Ids.", {"type": "array"}, ["1"])

        assert (parameter["style"], parameter["explode"]) == ("form", False)
        assert parameter["schema"] == {"type": "array", "examples": [["1"]]}
