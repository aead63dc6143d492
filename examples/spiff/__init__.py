"""A BPMN process that scores an invoice, parks while a person decides, and goes on by the callback."""
