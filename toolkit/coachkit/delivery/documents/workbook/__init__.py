"""The manager's living workbook: one module per kind of sheet, written by XlsxWriter."""
