"""Writes provider files in each form that Ofsted has published; the agencies are invented."""

import csv
import io
import zipfile
from datetime import date
from xml.sax.saxutils import escape

import openpyxl

IFA = "Independent Fostering Agency"
LA = "Local Authority Fostering Agency"
NOT_ITS_OWN = "Not provided as service is inspected as part of the ILACS inspection"

CURRENT = """URN,Provision type,Setting name,Registration status,Setting address line 1,
Setting town,Setting postcode,Organisation name,Local authority,Region,Sector,Placement code,
Date of last full inspection,Latest overall Effectiveness grade from last full inspection,
Maximum fostering places,Top company (as listed on Companies' House)"""
CLOSED = """URN,Provision type,Setting name,Registration status,Deregistration date,
Organisation name,Date of last full inspection,
Latest overall effectiveness grade from last full inspection"""
COMBINED = """Local Authority,URN,Provider Type,Provider Subtype,Sector,Setting Name,
Registration Date,Registration Status,Deregistration Date,Placement Code,Owner ID,Owner name,Region,
Date of last full inspection,Latest overall Effectiveness grade from last full inspection,
CYP safety,Leadership and management,CYP outcomes,Interim inspection start date,
Interim inspection overall effectiveness,Number of registered places,Conditions"""
OLDER = """Local Authority,URN,Provider Type,Provider Subtype,Sector,Setting Name,Postcode Area,
Registration Date,Provider Status,Closed Date,Provider Code,Max Users,Full Inspection Start Date,
Overall Effectiveness,CYP Safety,Leadership and Management,CYP Outcomes,
Interim Inspection Start Date,Interim Inspection Overall Effectiveness,Owner Name"""
INSPECTED = """Web link,URN,Provision type,Registration date,Registration status,Name,Town,Postcode,
Ofsted Region,Local authority,Sector,Places,Organisation which owns the provider,Event type,
Inspection date,Publication date"""
IN_YEAR = """URN,Local authority,Provision type,Sector,Places,Registration date,Registration status,
Date closed,Organisation which owns the provider,Event type,Inspection date,
Inspection publication date,Overall experiences and progress of children and young people,
How well children and young people are helped and protected,
The effectiveness of leaders and managers"""

HEADERS = {
    name: " ".join(text.split()).replace(", ", ",").split(",")
    for name, text in {
        "current": CURRENT,
        "closed": CLOSED,
        "combined": COMBINED,
        "older": OLDER,
        "inspected": INSPECTED,
        "in_year": IN_YEAR,
    }.items()
}
SHEETS = {
    "current": "Current providers",
    "closed": "Providers closed in 2022-23",
    "combined": "Providers",
    "older": "Provider information",
    "inspected": "Inspections",
    "in_year": "Provider_level_in_year",
}
COLUMN = {
    "urn": {"URN"},
    "provision": {"Provision type", "Provider Type"},
    "owner": {
        "Organisation name",
        "Owner name",
        "Owner Name",
        "Organisation which owns the provider",
    },
    "status": {"Registration status", "Registration Status", "Provider Status"},
    "registered": {"Registration Date", "Registration date"},
    "ended": {"Deregistration date", "Deregistration Date", "Closed Date", "Date closed"},
    "event": {"Event type"},
    "inspected": {"Date of last full inspection", "Full Inspection Start Date", "Inspection date"},
    "published": {"Publication date", "Inspection publication date"},
    "overall": {
        "Latest overall Effectiveness grade from last full inspection",
        "Latest overall effectiveness grade from last full inspection",
        "Overall Effectiveness",
        "Overall experiences and progress of children and young people",
    },
    "helped": {
        "CYP safety",
        "CYP Safety",
        "How well children and young people are helped and protected",
    },
    "leaders": {
        "Leadership and management",
        "Leadership and Management",
        "The effectiveness of leaders and managers",
    },
}
USUAL = {
    "urn": "SC990001",
    "provision": IFA,
    "owner": "Owlbarrow Limited (invented)",
    "status": "Active",
    "registered": date(2004, 1, 8),
    "ended": "-",
    "event": "Full inspection",
    "inspected": date(2025, 6, 2),
    "published": date(2025, 7, 10),
    "overall": "Good",
    "helped": "Outstanding",
    "leaders": "Good",
}


def table(variant, *rows):
    """Return a header and a row of cells for each row, which tells only what is unusual in it."""
    header = HEADERS[variant]
    cells = [[_cell(name, USUAL | row) for name in header] for row in rows]
    return [header, *cells]


def _cell(column, row):
    return next((row[said] for said, names in COLUMN.items() if column in names), "x")


def csv_of(rows, *, encoding="utf-8", british=True):
    """Return rows as CSV, with days as 02/06/2025 unless they are to be as ISO has them."""
    text = io.StringIO()
    csv.writer(text).writerows([[_text(cell, british=british) for cell in row] for row in rows])
    return text.getvalue().encode(encoding)


def xlsx_of(**sheets):
    """Return rows by the name of their sheet as XLSX."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    body = io.BytesIO()
    workbook.save(body)
    return body.getvalue()


def ods_of(**sheets):
    """Return rows by the name of their sheet as ODS: no more of it than a reader needs."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(
            f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows
        )
        + "</table:table>"
        for name, rows in sheets.items()
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as packed:
        packed.writestr(zipfile.ZipInfo("mimetype"), kind)
        packed.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {spaces} office:version="1.2">'
            f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
            "</office:document-content>",
        )
        packed.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest '
            'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            "</manifest:manifest>",
        )
    return body.getvalue()


def _ods_cell(cell):
    if isinstance(cell, date):
        return (
            f'<table:table-cell office:value-type="date" office:date-value="{cell}">'
            f"<text:p>{cell:%d/%m/%Y}</text:p></table:table-cell>"
        )
    if isinstance(cell, int):
        return (
            f'<table:table-cell office:value-type="float" office:value="{cell}">'
            f"<text:p>{cell}</text:p></table:table-cell>"
        )
    if cell == "":
        return "<table:table-cell/>"
    text = escape(str(cell))
    return (
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    )


def _text(cell, *, british):
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}" if british else cell.isoformat()
    return str(cell)
