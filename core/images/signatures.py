"""Image formats, recognized by the first bytes of a file."""

AVIF_BRANDS = {b"avif", b"avis"}
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
OTHER_BRANDS = {b"jxl ": "JPEG XL", b"crx ": "CR3", b"vvic": "VVC", b"j2ki": "JPEG 2000"}
MAGIC_NUMBERS = {
    b"\xff\x0a": "JPEG XL",
    b"\0\0\0\x0cJXL \r\n\x87\n": "JPEG XL",
    b"II\xbc": "JPEG XR",
    b"\xff\xd8\xff\xf7": "JPEG-LS",
    b"\0\0\0\x0cjP": "JPEG 2000",
    b"\xff\x4f\xff\x51": "JPEG 2000",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "BigTIFF",
    b"MM\0+": "BigTIFF",
    b"IIRO": "ORF",
    b"IIU\0": "RW2",
    b"FUJIFILMCCD-RAW": "RAF",
    b"8BPS": "PSD",
    b"gimp xcf": "XCF",
    b"%!PS": "EPS",
    b"\xc5\xd0\xd3\xc6": "EPS",
    b"%PDF-": "PDF",
    b"\0\0\1\0": "ICO",
    b"\0\0\2\0": "CUR",
    b"icns": "ICNS",
    b"\x76\x2f\x31\x01": "OpenEXR",
    b"#?RADIANCE": "Radiance HDR",
    b"#?RGBE": "Radiance HDR",
    b"qoif": "QOI",
    b"DDS ": "DDS",
    b"\xabKTX ": "KTX",
    b"BPG\xfb": "BPG",
    b"FLIF": "FLIF",
    b"farbfeld": "farbfeld",
    b"\x8aMNG\r\n": "MNG",
    b"\x8bJNG\r\n": "JNG",
    b"\xd7\xcd\xc6\x9a": "WMF",
    b"AT&TFORM": "DjVu",
    b"SIMPLE  =": "FITS",
    b"\x59\xa6\x6a\x95": "Sun raster",
    b"/* XPM */": "XPM",
    **{b"P%d%c" % (number, space): "PNM" for number in range(1, 8) for space in b" \t\n\r"},
    b"PF\n": "PFM",
    b"Pf\n": "PFM",
}


def sniff_accepted_format(data: bytes) -> str | None:
    """Return Pillow's name of a format that is accepted, or None."""
    if data.startswith(b"\xff\xd8\xff") and not data.startswith(b"\xff\xd8\xff\xf7"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    return "AVIF" if AVIF_BRANDS & brands(data) else None


def sniff_rejected_format(data: bytes) -> str | None:
    """Return the name of an image format that is not accepted, or None."""
    names = brands(data)
    if found := OTHER_BRANDS.keys() & names:
        return OTHER_BRANDS[found.pop()]
    if HEIC_BRANDS & names:
        return "HEIC"
    if data[8:12] == b"ILBM" and data.startswith(b"FORM"):
        return "ILBM"
    if data[128:132] == b"DICM":
        return "DICOM"
    if data[40:44] == b" EMF" and data.startswith(b"\1\0\0\0"):
        return "EMF"
    if b"<svg" in data[:1024]:
        return "SVG"
    return next((name for magic, name in MAGIC_NUMBERS.items() if data.startswith(magic)), None)


def brands(data: bytes) -> set[bytes]:
    """Return the brands of an ISOBMFF file, none for any other. Known files have at most twenty."""
    if data[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(data[:4]), 8 + 4 * 40, len(data))
    return {data[8:12]} | {bytes(data[at : at + 4]) for at in range(16, end - 3, 4)}
