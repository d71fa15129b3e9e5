from core.api.openapi.forms import form_part


class TestAddForm:
    def test_has_an_image_as_a_file(self, schemas):
        form = schemas["ProductForm"]["properties"]

        assert form["image"]["format"] == "binary"

    def test_has_no_read_only_field(self, schemas):
        assert "id" not in schemas["ProductForm"]["properties"]

    def test_has_an_example_of_each_part_but_files(self, schemas):
        for name in ("ProductForm", "PatchedProductForm", "CategoryForm", "PatchedCategoryForm"):
            for part in schemas[name]["properties"].values():
                assert "examples" in part or part["format"] == "binary"


class TestFormPart:
    def test_has_no_null(self):
        assert form_part({"type": ["string", "null"], "maxLength": 3}) == {
            "type": "string",
            "maxLength": 3,
        }
