"""Word files of the campaigns, column by column or paragraph by paragraph."""
