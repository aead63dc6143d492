"""The pages: server-rendered forms and tables for the people who decide. They work without JavaScript."""
