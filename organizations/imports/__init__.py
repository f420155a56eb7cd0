"""Workbooks in: columns of enterprises, and how other workbooks name firms, units and features."""
