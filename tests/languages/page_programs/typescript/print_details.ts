// PAGE
